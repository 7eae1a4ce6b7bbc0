"""`python -m bench`: all rows, or those named."""

import uvloop

from bench import messages
from bench.rows import QUICK


def main() -> None:
    for result in uvloop.run(messages.run(QUICK)):
        print(result.row.what, [round(value, 3) for value in result.values], result.middle, result.verdict)
        for name, values in result.figures.items():
            print("  ", name, [round(value) for value in values])
        for note in result.notes:
            print("  ", note)


if __name__ == "__main__":
    main()

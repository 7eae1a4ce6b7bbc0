"""A consultant at whom it rings has no place for a second conversation meanwhile, but still counts as serving."""

from typing import Any

from chatserver.domain.hospital import Department, Name, Skill
from chatserver.store import hospital
from chatserver.store.database import Where
from tests.hub.harness import opened
from tests.transactions import tx_at


def asthma(conn: Any) -> None:
    """儿科 requires the skill; 张伟 has it. 儿保科 requires none."""
    hospital.put_skill(tx_at(conn), Skill("asthma", Name("哮喘", "Asthma")))
    hospital.put_department(
        tx_at(conn), Department("pediatrics", Name("儿科", "Pediatrics"), "children", "east", "asthma")
    )
    hospital.put_department(tx_at(conn), Department("gynecology", Name("儿保科", "Child care"), "children", "east"))
    conn.exec_driver_sql("UPDATE consultants SET skills = '{\"asthma\": 4}' WHERE login = 'zhangwei'")


async def test_the_consultant_with_the_skill_is_waited_for_while_it_rings_there(place: Where) -> None:
    async with opened(place, more=asthma) as rig:
        zhang, liu = await rig.staff("zhangwei", "online"), await rig.staff("liuyang", "online")
        first = await (await rig.visitor()).opens("孩子喘", "pediatrics")
        await zhang.until(lambda: "offer" in zhang.rows().get(first, {}))
        rig.clock.pass_seconds(1)
        second = await (await rig.visitor()).opens("孩子喘", "pediatrics")
        rig.clock.pass_seconds(1)
        third = await (await rig.visitor()).opens("孩子几岁体检", "gynecology")
        await liu.offer(third)
        offered = (await zhang.row(second)).get("offer", {}).get("mine")
        assert not offered, "one at a time, though the consultant has two places"
        assert "offer" not in (await liu.row(second)), "it waits for the one who knows it, and who answers the first"

// The icons in use, drawn inline. Each stands beside a text or has a label.

import type { IconNode } from "lucide";
import {
  ArrowDown,
  Check,
  ChevronDown,
  CircleAlert,
  Clock,
  LogOut,
  Phone,
  RotateCw,
  SendHorizontal,
  X,
} from "lucide";
import { h } from "preact";

const NODES = {
  down: ArrowDown,
  check: Check,
  close: X,
  minimise: ChevronDown,
  alert: CircleAlert,
  clock: Clock,
  end: LogOut,
  phone: Phone,
  retry: RotateCw,
  send: SendHorizontal,
} satisfies Record<string, IconNode>;

/** One of the icons by name. */
export function Icon({ name, size = 20 }: { name: keyof typeof NODES; size?: number }) {
  return <Drawn node={NODES[name]} size={size} />;
}

/** An icon from its nodes, for parts that bring their own. */
export function Drawn({ node, size }: { node: IconNode; size: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {node.map(([tag, attributes]) => h(tag, attributes))}
    </svg>
  );
}

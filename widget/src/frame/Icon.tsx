// The icons in use, drawn inline. They are never alone: a text or a label stands with each.

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

export function Icon({ name, size = 20 }: { name: keyof typeof NODES; size?: number }) {
  return <Drawn node={NODES[name]} size={size} />;
}

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

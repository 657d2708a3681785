import type { Lane } from "../../src/diagram/messages";

/** How many lanes lie inside each other in a lane, itself counted. Outer lanes come before those in them. */
export function heights(lanes: readonly Lane[]): number[] {
  const found = lanes.map(() => 1);
  for (let outer = lanes.length - 1; outer >= 0; outer--) {
    for (let inner = outer + 1; inner < lanes.length; inner++) {
      const [around, inside] = [lanes[outer], lanes[inner]];
      if (!around || !inside || inside.first > around.last) break;
      if (inside.last <= around.last) found[outer] = Math.max(found[outer] ?? 1, 1 + (found[inner] ?? 1));
    }
  }
  return found;
}

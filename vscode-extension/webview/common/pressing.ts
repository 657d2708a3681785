/** Milliseconds after which nothing is pressed any more, whatever became of the release. */
const LONGEST = 2000;

/**
 * Makes of what shows data one that waits while the pointer is pressed: a button that is replaced between press and
 * release takes no click. What comes meanwhile is shown after the release, the last of it.
 */
export function whenReleased<Data>(show: (data: Data) => void): (data: Data) => void {
  let held: ReturnType<typeof setTimeout> | undefined;
  let waiting: { data: Data } | undefined;
  const release = (): void => {
    clearTimeout(held);
    held = undefined;
    if (waiting) show(waiting.data);
    waiting = undefined;
  };
  window.addEventListener("pointerdown", () => {
    clearTimeout(held);
    held = setTimeout(release, LONGEST);
  });
  // The click comes after the release.
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => setTimeout(release));
  return (data) => {
    if (held === undefined) show(data);
    else waiting = { data };
  };
}

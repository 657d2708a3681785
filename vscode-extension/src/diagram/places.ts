/** Where a layer stands in a text, as offsets. */
export interface Place {
  id: number;
  start: number;
  end: number;
}

/** An edit: so many characters from an offset on give way to so many others. */
export interface Edit {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

/** The place after an edit: behind it it moves, around it it grows, and what is taken from it is gone. */
export function moved(place: Place, { rangeOffset, rangeLength, text }: Edit): Place {
  const end = rangeOffset + rangeLength;
  const by = text.length - rangeLength;
  if (end <= place.start) return { ...place, start: place.start + by, end: place.end + by };
  if (rangeOffset >= place.end) return place;
  const start = Math.min(place.start, rangeOffset);
  return { ...place, start, end: Math.max(place.end, end) + by };
}

/** The layers at an offset: those of the shortest text that it is in or touches, which may be several. */
export function layersAt(places: readonly Place[], offset: number): number[] {
  const touched = places.filter(({ start, end }) => start <= offset && offset <= end);
  // Between two that touch, the one behind the caret counts, as everywhere in the editor.
  const begins = touched.some(({ start }) => start === offset);
  const candidates = begins ? touched.filter(({ end }) => offset < end) : touched;
  const shortest = Math.min(...candidates.map(({ start, end }) => end - start));
  return candidates.filter(({ start, end }) => end - start === shortest).map(({ id }) => id);
}

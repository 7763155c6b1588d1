/**
 * Finding the objects that a fetch works on: along a path whose `@` elements stand for every list item. Null
 * parts are skipped. Concrete paths are only worked out when an error needs them.
 */
import { everyItem, isData, isList, read } from '../data.ts'
import type { Data, Path } from '../data.ts'

export type ConcretePath = readonly (string | number)[]

/** Adds the objects at a path to `found`, in result order. */
export function collect(value: unknown, path: Path, found: Data[], from = 0): void {
  if (isList(value)) {
    const next = path[from] === everyItem ? from + 1 : from
    for (const item of value) collect(item, path, found, next)
    return
  }
  if (!isData(value)) return
  const step = path[from]
  if (step === undefined) found.push(value)
  else collect(read(value, step), path, found, from + 1)
}

/** Where each object at a path is found; one that stands for several is found at several places. */
export function locate(root: Data, path: Path): Map<Data, ConcretePath[]> {
  const places = new Map<Data, ConcretePath[]>()
  locateIn(root, path, [], places)
  return places
}

function locateIn(
  value: unknown,
  path: Path,
  place: ConcretePath,
  places: Map<Data, ConcretePath[]>,
): void {
  if (isList(value)) {
    const rest = path[0] === everyItem ? path.slice(1) : path
    value.forEach((item, index) => locateIn(item, rest, [...place, index], places))
    return
  }
  if (!isData(value)) return
  const [step, ...rest] = path
  if (step !== undefined) {
    locateIn(read(value, step), rest, [...place, step], places)
    return
  }
  const known = places.get(value)
  if (known) known.push(place)
  else places.set(value, [place])
}

/**
 * The shape that the result has when every fetch of a plan has ended. Copies are made with room for the fields
 * that later fetches bring: an object that grows afterwards is slower to read and leaves more to collect.
 */
import { everyItem } from '../data.ts'
import type { Path } from '../data.ts'
import type { ReceivedShape } from './shape.ts'

type Building = Map<string, Building | undefined>

export interface Brought {
  readonly path: Path
  readonly shape: ReceivedShape
}

export function expectedShape(brought: readonly Brought[]): ReceivedShape {
  const root: Building = new Map()
  for (const { path, shape } of brought) addShape(buildingAt(root, path), shape)
  return root
}

/** What is expected below a path; nothing when the path was never reached. */
export function expectedAt(shape: ReceivedShape, path: Path): ReceivedShape {
  let found: ReceivedShape | undefined = shape
  for (const step of path) if (step !== everyItem) found = found?.get(step)
  return found ?? new Map()
}

function buildingAt(root: Building, path: Path): Building {
  let found = root
  for (const step of path) if (step !== everyItem) found = below(found, step)
  return found
}

function below(shape: Building, name: string): Building {
  const known = shape.get(name)
  if (known) return known
  const made: Building = new Map()
  shape.set(name, made)
  return made
}

function addShape(target: Building, shape: ReceivedShape): void {
  for (const [name, inner] of shape) {
    if (inner) addShape(below(target, name), inner)
    else if (!target.has(name)) target.set(name, undefined)
  }
}

/** The entities of one slot in one run: one text for each different one, and who asked for it. */
import type { Data } from '../data.ts'
import { isSelected } from './run.ts'
import type { Run } from './run.ts'
import type { Slot } from './entity-field.ts'

export interface Asked {
  readonly slot: Slot
  readonly texts: string[]
  /** For each text, the objects that wait for its entity. */
  readonly members: Data[][]
}

export function askFor(slot: Slot, run: Run): Asked {
  const asked: Asked = { slot, texts: [], members: [] }
  if (!isSelected(run, slot.unit.conditions)) return asked
  const entities: Data[] = []
  for (const find of slot.find) find(run.root, entities)
  if (slot.identity) askByKey(asked, slot.identity, entities, run.isPlain)
  else askByText(asked, new Map(), entities, run.isPlain)
  return asked
}

type IdentityOf = NonNullable<Slot['identity']>

/** Most duplicates are told by one look-up of a raw value; the rest by their text. */
function askByKey(
  asked: Asked,
  identity: IdentityOf,
  entities: readonly Data[],
  isPlain: boolean,
): void {
  const byKey = new Map<string | number, Data[]>()
  const byText = new Map<string, Data[]>()
  for (const entity of entities) {
    const key = identity.keyOf(entity)
    const members = key === undefined ? undefined : byKey.get(key)
    const first = members?.[0]
    if (members && first && identity.isSame(entity, first)) {
      members.push(entity)
      continue
    }
    const joined = askByText(asked, byText, [entity], isPlain)
    if (joined && key !== undefined && !members) byKey.set(key, joined)
  }
}

/** Answers the members of the last entity's text, when it has one. */
function askByText(
  asked: Asked,
  byText: Map<string, Data[]>,
  entities: readonly Data[],
  isPlain: boolean,
): Data[] | undefined {
  let members: Data[] | undefined
  for (const entity of entities) {
    const text = asked.slot.represent(entity, isPlain)
    if (text === undefined) continue
    members = byText.get(text)
    if (members) {
      members.push(entity)
      continue
    }
    members = [entity]
    byText.set(text, members)
    asked.texts.push(text)
    asked.members.push(members)
  }
  return members
}

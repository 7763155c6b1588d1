import { closeSync, openSync, writeSync } from 'node:fs'
import { type Reason, rowKinds, type RowKind } from './legacy-row.ts'

type Counted = RowKind | 'other'
type Outcome = 'taken' | 'alreadyThere' | 'refused'

export interface Summary {
  readonly read: number
  readonly taken: number
  readonly alreadyThere: number
  readonly refused: number
  readonly tables: Readonly<Record<Counted, Readonly<Record<Outcome, number>>>>
  readonly reasons: Readonly<Partial<Record<Reason, number>>>
  readonly notes: number
}

/** Counts every row, and writes each that is not imported to a file, a line of JSON each. */
export interface Report {
  read(): void
  count(kind: RowKind, outcome: 'taken' | 'alreadyThere'): void
  refuse(row: { readonly at: string; readonly kind?: RowKind }, reason: Reason, why: string): void
  /** Something about a user who was imported that an operator should know. */
  note(username: string, what: string): void
  /** How many rows were read, and how many of them are imported or refused by now. */
  soFar(): { readonly read: number; readonly settled: number }
  /** Throws when a row was forgotten or counted twice. */
  finish(): Summary
  close(): void
}

export function openReport(path: string): Report {
  const file = openSync(path, 'w', 0o600)
  const write = (entry: object): void => void writeSync(file, `${JSON.stringify(entry)}\n`)
  const tables = Object.fromEntries(
    [...rowKinds, 'other'].map((kind) => [kind, { taken: 0, alreadyThere: 0, refused: 0 }]),
  ) as Record<Counted, Record<Outcome, number>>
  const reasons: Partial<Record<Reason, number>> = {}
  let read = 0
  let notes = 0
  const total = (outcome: Outcome): number =>
    Object.values(tables).reduce((sum, counts) => sum + counts[outcome], 0)
  return {
    read: () => void (read += 1),
    count: (kind, outcome) => void (tables[kind][outcome] += 1),
    refuse: ({ at, kind }, reason, why) => {
      tables[kind ?? 'other'].refused += 1
      reasons[reason] = (reasons[reason] ?? 0) + 1
      write({ at, table: kind ?? 'other', reason, why })
    },
    note: (username, what) => {
      notes += 1
      write({ username, note: what })
    },
    soFar: () => ({ read, settled: total('taken') + total('alreadyThere') + total('refused') }),
    finish: () => {
      const outcomes = {
        taken: total('taken'),
        alreadyThere: total('alreadyThere'),
        refused: total('refused'),
      }
      const sum = outcomes.taken + outcomes.alreadyThere + outcomes.refused
      if (sum !== read) throw new Error(`${read} rows were read, but ${sum} are accounted for.`)
      return { read, ...outcomes, tables, reasons, notes }
    },
    close: () => {
      closeSync(file)
    },
  }
}

import type { SelectionSetNode } from 'graphql'
import { collectFields, selectionSetsOf } from '../operations/collect-fields.ts'
import type { Restricted } from './restrict.ts'

export type AnswerPath = readonly (string | number)[]

/** At most this many refused fields of one answer are named; all of them are null. */
const maxNamedFields = 50

type Answer = Record<string, unknown>

const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Puts null in the place of every refused field of an answer, and gives the places. */
export function refuseFields(
  { operation, fragments, refused }: Restricted,
  data: unknown,
): AnswerPath[] {
  const paths: AnswerPath[] = []

  function refuseIn(value: unknown, sets: readonly SelectionSetNode[], path: AnswerPath): void {
    if (Array.isArray(value)) {
      value.forEach((item, index) => refuseIn(item, sets, [...path, index]))
      return
    }
    if (!isAnswer(value)) return
    for (const [name, fields] of collectFields(sets, { fragments })) {
      if (!(name in value)) continue
      if (fields.some((field) => refused.has(field))) {
        value[name] = null
        if (paths.length < maxNamedFields) paths.push([...path, name])
      } else refuseIn(value[name], selectionSetsOf(fields), [...path, name])
    }
  }

  refuseIn(data, [operation.selectionSet], [])
  return paths
}

import type { Selection, SelectedField } from './selection.ts'

/** A value of an event. */
type Value = string | number | boolean | null | undefined | object

/** The payload of an event. */
export interface EventBody {
  readonly isSnapshot: boolean
  readonly [field: string]: Value
}

/** An event's text around its sequence numbers; many streams can share it. */
export type EventText = readonly string[]

/** Serialises an event in the format of graphql-sse: one `next` with the result of the operation. */
export function writeEvent(label: string, selection: Selection, body: EventBody): EventText {
  const parts: string[] = []
  let text = `event: next\ndata: {"data":{${label}{`
  selection.fields.forEach((field, index) => {
    text += `${index === 0 ? '' : ','}${field.label}`
    if (field.name === 'sequence') {
      parts.push(text)
      text = ''
    } else text += writeField(field, body)
  })
  return [...parts, `${text}}}}\n\n`]
}

/** The text of the event with its sequence number in one stream. */
export const numberEvent = (text: EventText, sequence: number): string =>
  text.join(String(sequence))

function writeField({ name, inner, fixed }: SelectedField, from: object): string {
  if (fixed !== undefined) return fixed
  const value = (from as Readonly<Record<string, Value>>)[name]
  return writeValue(inner, value)
}

function writeValue(inner: Selection | undefined, value: Value): string {
  if (value === null || value === undefined) return 'null'
  if (inner === undefined || typeof value !== 'object') return JSON.stringify(value)
  if (!Array.isArray(value)) return writeObject(inner, value)
  return `[${value.map((entry: object) => writeObject(inner, entry)).join(',')}]`
}

function writeObject(selection: Selection, value: object): string {
  const known = selection.written.get(value)
  if (known !== undefined) return known
  const fields = selection.fields.map((field) => `${field.label}${writeField(field, value)}`)
  const text = `{${fields.join(',')}}`
  selection.written.set(value, text)
  return text
}

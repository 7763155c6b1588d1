/**
 * Passes a finished body through Apollo Server without stringifying it again. `data` is a view over the body's text.
 * A plugin that reads or changes it causes the text to be parsed. Otherwise `stringifyResult` uses the text as it is,
 * and an HTTP handler that opened a slot receives the bytes themselves.
 */
import { isData, type Data } from '../data.ts'

export interface Body {
  /** The response body when there is only data. Bytes, because a concatenated string burdens the garbage collector. */
  readonly bytes: Buffer
  readonly encoding: 'latin1' | 'utf8'
  readonly names: readonly string[]
}

/** Holds the bytes of the response body once `stringifyResult` has run. */
export interface ResponseSlot {
  bytes: Buffer | undefined
  /** Also takes a body with errors or extensions; without it, the handler gets those as text. */
  readonly takesErrors: boolean
}

interface Viewed {
  readonly body: Body
  readonly slot: ResponseSlot | undefined
  isTouched: boolean
}

const views = new WeakMap<object, Viewed>()
/** Apollo Server passes a copy of the context value on, so the slot is a member of it. */
const slotOf = Symbol('response slot')

interface WithSlot {
  readonly [slotOf]?: ResponseSlot
}

/** What `stringifyResult` returns when the body was put into a slot. */
export const bodyInSlot = '{"data":"The body is in the slot."}'

const opening = '{"data":'
const closing = '}\n'
/** What stands around the data where there is nothing else. */
export const bodyOpening = Buffer.from(opening)
export const bodyClosing = Buffer.from(closing)

/** The body for the JSON text of `data`. */
export function bodyOf(text: string, isPlain: boolean, names: readonly string[]): Body {
  const encoding = isPlain ? 'latin1' : 'utf8'
  return { bytes: Buffer.from(`${opening}${text}${closing}`, encoding), encoding, names }
}

/** The body that the bytes are. */
export function bodyOfBytes(bytes: Buffer, isPlain: boolean, names: readonly string[]): Body {
  return { bytes, encoding: isPlain ? 'latin1' : 'utf8', names }
}

/** Opens a slot for the request with this context value. The handler reads it after the response was made. */
export function openSlot(contextValue: object, takesErrors = false): ResponseSlot {
  const slot: ResponseSlot = { bytes: undefined, takesErrors }
  Object.assign(contextValue, { [slotOf]: slot })
  return slot
}

/** A view of the body for one request. */
export function viewOf(body: Body, context: unknown): Data {
  const slot = isData(context) ? (context as WithSlot)[slotOf] : undefined
  const viewed: Viewed = { body, slot, isTouched: false }
  const view: Data = {}
  let parsed: Data | undefined
  const open = (): Data => {
    viewed.isTouched = true
    parsed ??= JSON.parse(textOf(body)) as Data
    return parsed
  }
  for (const name of body.names) {
    Object.defineProperty(view, name, {
      enumerable: true,
      configurable: true,
      get: () => open()[name],
      set: (value: unknown) => {
        open()[name] = value
      },
    })
  }
  views.set(view, viewed)
  return view
}

function textOf({ bytes, encoding }: Body): string {
  return bytes.toString(encoding, opening.length, bytes.length - closing.length)
}

/** A plain text is the same in either encoding. */
function dataOf({ bytes }: Body): Buffer {
  return bytes.subarray(opening.length, bytes.length - closing.length)
}

/** The bytes of `data`, as UTF-8, where nobody has touched it. */
export function untouchedBytes(data: unknown): Buffer | undefined {
  const viewed = untouched(data)
  return viewed && dataOf(viewed.body)
}

export interface StringifiedResult {
  readonly data?: unknown
  readonly errors?: unknown
  readonly extensions?: unknown
}

/** Apollo Server's `stringifyResult` for results of this engine; any other value is stringified. */
export function stringifyResult(result: StringifiedResult): string {
  const viewed = untouched(result.data)
  if (!viewed) return `${JSON.stringify(result)}\n`
  const { body, slot } = viewed
  const hasMore = result.errors !== undefined || result.extensions !== undefined
  if (slot && !hasMore) {
    slot.bytes = body.bytes
    return bodyInSlot
  }
  const before = `{${member('errors', result.errors)}"data":`
  const after = `${result.extensions === undefined ? '' : `,"extensions":${JSON.stringify(result.extensions)}`}${closing}`
  if (!slot?.takesErrors) return `${before}${textOf(body)}${after}`
  slot.bytes = Buffer.concat([Buffer.from(before), dataOf(body), Buffer.from(after)])
  return bodyInSlot
}

/** With a comma behind it. */
function member(name: string, value: unknown): string {
  return value === undefined ? '' : `"${name}":${JSON.stringify(value)},`
}

function untouched(data: unknown): Viewed | undefined {
  if (!isData(data)) return undefined
  const viewed = views.get(data)
  if (!viewed || viewed.isTouched) return undefined
  const keys = Object.keys(data)
  const { names } = viewed.body
  const isSame = keys.length === names.length && keys.every((key, index) => key === names[index])
  return isSame ? viewed : undefined
}

/**
 * Handing a finished answer to Apollo Server without a second walk. `data` is a view over the text: plugins may
 * read or change it, which parses the text and gives up the short cut; if nobody does, `stringifyResult` uses
 * the text as it is, and an HTTP handler that opened a slot gets the bytes themselves.
 */
import { isData } from '../data.ts'
import type { Data } from '../data.ts'

export interface Finished {
  /** The whole body of an answer that has nothing but data, as bytes: a rope of strings would keep the collector busy. */
  readonly body: Buffer
  readonly encoding: 'latin1' | 'utf8'
  readonly names: readonly string[]
}

/** Filled when the whole response body is ready as bytes. */
export interface ResponseSlot {
  body: Buffer | undefined
}

interface Viewed {
  readonly finished: Finished
  readonly slot: ResponseSlot | undefined
  isTouched: boolean
}

const views = new WeakMap<object, Viewed>()
const slots = new WeakMap<object, ResponseSlot>()

/** What `stringifyResult` returns instead of a body that lies in a slot. */
export const bodyInSlot = '{"data":"The body lies in the slot."}'

const opening = '{"data":'
const closing = '}\n'

/** From the JSON text of `data`. */
export function finish(text: string, isPlain: boolean, names: readonly string[]): Finished {
  const encoding = isPlain ? 'latin1' : 'utf8'
  return { body: Buffer.from(`${opening}${text}${closing}`, encoding), encoding, names }
}

/** Offers a slot to the request with this context value; the handler reads it after the response is made. */
export function openSlot(contextValue: object): ResponseSlot {
  const slot: ResponseSlot = { body: undefined }
  slots.set(contextValue, slot)
  return slot
}

/** A fresh view for one request; the finished answer may have several. */
export function viewOf(finished: Finished, context: unknown): Data {
  const slot = typeof context === 'object' && context !== null ? slots.get(context) : undefined
  const viewed: Viewed = { finished, slot, isTouched: false }
  const view: Data = {}
  let parsed: Data | undefined
  const open = (): Data => {
    viewed.isTouched = true
    parsed ??= JSON.parse(textOf(finished)) as Data
    return parsed
  }
  for (const name of finished.names) {
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

function textOf({ body, encoding }: Finished): string {
  return body.toString(encoding, opening.length, body.length - closing.length)
}

export interface StringifiedResult {
  readonly data?: unknown
  readonly errors?: unknown
  readonly extensions?: unknown
}

/** Apollo Server's `stringifyResult` for answers of this engine; any other value is stringified. */
export function stringifyResult(result: StringifiedResult): string {
  const viewed = untouched(result.data)
  if (!viewed) return `${JSON.stringify(result)}\n`
  const { finished, slot } = viewed
  const hasMore = result.errors !== undefined || result.extensions !== undefined
  if (slot && !hasMore) {
    slot.body = finished.body
    return bodyInSlot
  }
  const errors = member('errors', result.errors)
  const extensions = member('extensions', result.extensions)
  const text = `"data":${textOf(finished)}`
  return `{${[errors, text, extensions].filter((part) => part !== '').join(',')}}\n`
}

function member(name: string, value: unknown): string {
  return value === undefined ? '' : `"${name}":${JSON.stringify(value)}`
}

function untouched(data: unknown): Viewed | undefined {
  if (!isData(data)) return undefined
  const viewed = views.get(data)
  if (!viewed || viewed.isTouched) return undefined
  const keys = Object.keys(data)
  const { names } = viewed.finished
  const isSame = keys.length === names.length && keys.every((key, index) => key === names[index])
  return isSame ? viewed : undefined
}

import { createHash } from 'node:crypto'

/** The values of canonical JSON. Absent and undefined members are equal. */
export type Json =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | readonly Json[]
  | { readonly [name: string]: Json }

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

/** JSON with sorted member names, without undefined members, integers as decimal strings: one text for one value. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'bigint') return `"${value.toString()}"`
  if (value === null || value === undefined) return 'null'
  if (typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/** SHA-256 in hexadecimal digits. */
export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex')

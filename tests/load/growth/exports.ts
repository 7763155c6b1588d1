import { request } from 'undici'
import type { Split } from '../../../ops/split/split.ts'
import type { Person } from '../../world/people.ts'
import { median, peakMb, resetPeaks } from './processes.ts'

/** Reads an export to its end or until it breaks off; tells the sequence of the last entry that came. */
async function readExport(
  { origin, token }: Person,
  before: string | undefined,
  note: (sequence: string) => void,
): Promise<void> {
  const { statusCode, body } = await request(`${origin}/export/activity.csv`, {
    headers: { authorization: `Bearer ${token}` },
    query: { ...(before !== undefined && { before }) },
  })
  if (statusCode !== 200) throw new Error(`An export was refused: ${await body.text()}`)
  let rest = ''
  for await (const chunk of body) {
    const lines = `${rest}${String(chunk)}`.split('\r\n')
    rest = lines.pop() ?? ''
    const [sequence = ''] = lines.at(-1)?.split(',') ?? []
    if (/^\d+$/.test(sequence)) note(sequence)
  }
}

/** Continues an export that breaks off, as any client may, as long as each attempt brings something. */
async function exportAll(person: Person): Promise<void> {
  let last: string | undefined
  for (;;) {
    const before = last
    try {
      await readExport(person, before, (sequence) => {
        last = sequence
      })
      return
    } catch (error) {
      if (last === before) throw error
    }
  }
}

/** The processes through which an export passes. */
const exporting = (split: Split): readonly number[] => [
  ...split.services
    .filter(({ name }) => name === 'router' || name === 'user')
    .map(({ pid }) => pid),
  split.engine.pid,
]

/**
 * How much more memory the export of the second user takes than that of the first, in the process where it is most. The
 * smaller export comes first: a process keeps what it once used.
 */
export async function compareExports(
  split: Split,
  people: readonly [Person, Person],
  samples: number,
): Promise<number> {
  const peaks: number[][] = []
  for (const person of people) {
    const found: number[][] = []
    for (let sample = 0; sample < samples; sample += 1) {
      resetPeaks(exporting(split))
      await exportAll(person)
      found.push(exporting(split).map((pid) => peakMb([pid])))
    }
    peaks.push(exporting(split).map((_pid, place) => median(found.map((each) => each[place] ?? 0))))
  }
  const [small = [], large = []] = peaks
  return Math.max(...large.map((mb, place) => mb / (small[place] ?? 0)))
}

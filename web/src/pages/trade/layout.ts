import { useLocalStorage } from '@mantine/hooks'

/** How a group of panels shares its room, in per cent by the id of the panel. */
export type Shares = Readonly<Record<string, number>>
type Layouts = Readonly<Record<string, Shares>>

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isShares = (value: unknown): value is Shares =>
  isObject(value) &&
  Object.values(value).every((share) => typeof share === 'number' && share >= 0 && share <= 100)

/** What is stored may be of another version, or of another hand: a group that is not understood has its default. */
export function readLayouts(text: string | undefined): Layouts {
  try {
    const stored: unknown = JSON.parse(text ?? 'null')
    if (!isObject(stored)) return {}
    return Object.fromEntries(
      Object.entries(stored).filter((entry): entry is [string, Shares] => isShares(entry[1])),
    )
  } catch {
    return {}
  }
}

/** The shares of a group with exactly these panels, as this browser remembers them, and functions to keep and to forget them. */
export function useShares(group: string, ids: readonly string[]) {
  const [layouts, set] = useLocalStorage<Layouts>({
    key: 'cnop-trade-layout',
    defaultValue: {},
    getInitialValueInEffect: false,
    deserialize: readLayouts,
  })
  const stored = layouts[group]
  const isKnown = stored && Object.keys(stored).sort().join() === [...ids].sort().join()
  const keep = (shares: Shares) => set((before) => ({ ...before, [group]: shares }))
  const forget = () => set(({ [group]: _, ...others }) => others)
  return { shares: isKnown ? stored : undefined, keep, forget }
}

import { useLocalStorage } from '@mantine/hooks'

/** A setting that this browser stores. */
function useSwitch(name: string, initial: boolean): readonly [boolean, (next: boolean) => void] {
  const [value, setValue] = useLocalStorage({
    key: `cnop-${name}`,
    defaultValue: initial,
    getInitialValueInEffect: false,
  })
  return [value, setValue]
}

/** Shows dots instead of the user's own amounts. */
export const useHideAmounts = () => useSwitch('hide-amounts', false)

/** Tables with as many rows on a screen as can be read. */
export const useCompactRows = () => useSwitch('compact-rows', false)

/** Single letters as shortcuts; WCAG 2.1.4 requires a setting to turn them off. */
export const useLetterShortcuts = () => useSwitch('letter-shortcuts', true)

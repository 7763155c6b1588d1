import { useLocalStorage } from '@mantine/hooks'

/** A switch that this browser remembers. */
function useSwitch(name: string, initial: boolean): readonly [boolean, (next: boolean) => void] {
  const [value, setValue] = useLocalStorage({
    key: `cnop-${name}`,
    defaultValue: initial,
    getInitialValueInEffect: false,
  })
  return [value, setValue]
}

/** Shows dots instead of the person's own amounts. */
export const useHideAmounts = () => useSwitch('hide-amounts', false)

/** Single letters as shortcuts; WCAG 2.1.4 asks for a way to turn them off. */
export const useLetterShortcuts = () => useSwitch('letter-shortcuts', true)

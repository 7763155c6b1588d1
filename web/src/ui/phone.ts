import { useMediaQuery } from '@mantine/hooks'

/** Where the navigation is a bar at the bottom; `styles.css` has the same width. */
export const useIsPhone = (): boolean =>
  useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })

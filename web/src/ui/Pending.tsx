import { Center, Loader } from '@mantine/core'

/** Shown while the code of a page is loading. */
export function Pending() {
  return (
    <Center mih="50vh" role="status">
      <Loader type="dots" aria-hidden="true" />
      <span className="visually-hidden">Loading</span>
    </Center>
  )
}

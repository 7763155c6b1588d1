import { Center, Loader } from '@mantine/core'

/** Shown while a page's code is on its way. */
export function Pending() {
  return (
    <Center mih="50vh" role="status">
      <Loader type="dots" aria-hidden="true" />
      <span className="visually-hidden">Loading</span>
    </Center>
  )
}

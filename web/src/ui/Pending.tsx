import { Center, Loader } from '@mantine/core'
import { i18n } from '../i18n.ts'

/** Shown while the code of a page is loading. */
export function Pending() {
  return (
    <Center mih="50vh" role="status">
      <Loader type="dots" aria-hidden="true" />
      <span className="visually-hidden">{i18n.t('Loading')}</span>
    </Center>
  )
}

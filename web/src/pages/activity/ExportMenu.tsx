import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { type Client, useClient } from 'urql'
import { ApiFailure, describeError, failureOf } from '../../api/errors.ts'
import { usernameOf } from '../../api/session.ts'
import { useSession } from '../../api/SessionProvider.tsx'
import { ActivityFeedDocument, type ActivityKind } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { download } from '../../ui/download.ts'
import { steady, useFocusReturn } from '../../ui/focus.tsx'
import { notifyDone, notifyFailure } from '../../ui/notify.ts'
import { type Entry, toCsv, toJson } from './export.ts'

const pageSize = 100
const mostPages = 100

type Read = { readonly entries: readonly Entry[]; readonly isComplete: boolean }

/** Reads the feed page by page, newest first, up to 10,000 entries. */
async function readAll(client: Client, kinds: readonly ActivityKind[] | null): Promise<Read> {
  const entries: Entry[] = []
  let after: string | null = null
  for (let page = 0; page < mostPages; page += 1) {
    const variables: {
      first: number
      after: string | null
      kinds: readonly ActivityKind[] | null
    } = { first: pageSize, after, kinds }
    const { data, error } = await client
      .query(ActivityFeedDocument, variables, { requestPolicy: 'network-only' })
      .toPromise()
    if (error || !data?.me)
      throw error ? new ApiFailure(describeError(error)) : new Error('The answer is empty.')
    const { nodes, pageInfo } = data.me.portfolio.activity
    entries.push(...nodes)
    if (!pageInfo.hasNextPage) return { entries, isComplete: true }
    after = pageInfo.endCursor
  }
  return { entries, isComplete: false }
}

/** The number of exported entries, with a note if older ones are missing. */
function describe({ entries, isComplete }: Read): readonly [title: string, message?: string] {
  const title = i18n.t('{count, plural, one {# entry exported} other {# entries exported}}', {
    count: entries.length,
  })
  return isComplete
    ? [title]
    : [title, i18n.t('These are the newest. The file leaves out older ones.')]
}

export function ExportMenu({ kinds }: { kinds: readonly ActivityKind[] | null }) {
  const client = useClient()
  const [isBusy, setBusy] = useState(false)
  const [isOpen, setOpen] = useState(false)
  useFocusReturn(isOpen)
  const session = useSession()
  const save = async (format: 'csv' | 'json') => {
    const username = usernameOf(session.getState())
    setBusy(true)
    try {
      const read = await readAll(client, kinds)
      // No file for a user who has signed out meanwhile.
      if (usernameOf(session.getState()) !== username) return
      const { entries } = read
      if (format === 'csv') {
        download('activity.csv', new Blob([toCsv(entries)], { type: 'text/csv' }))
      } else {
        download('activity.json', new Blob([toJson(entries)], { type: 'application/json' }))
      }
      notifyDone(...describe(read))
    } catch (error) {
      notifyFailure(failureOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Menu position="bottom-end" opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <Button
          variant="default"
          loading={isBusy}
          renderRoot={steady}
          leftSection={<IconDownload size={16} />}
        >
          {i18n.t('Export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void save('csv')}>
          {i18n.t('As CSV, for a spreadsheet')}
        </Menu.Item>
        <Menu.Item onClick={() => void save('json')}>{i18n.t('As JSON, for a program')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

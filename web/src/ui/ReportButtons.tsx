import { Button, Group } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { ask } from '../api/ask.ts'
import { ApiFailure, failureOf, unreachable } from '../api/errors.ts'
import { type Session, usernameOf } from '../api/session.ts'
import { useSession } from '../api/SessionProvider.tsx'
import { i18n, language } from '../i18n.ts'
import { download } from './download.ts'
import { steady } from './focus.tsx'
import { notifyFailure } from './notify.ts'

type Format = 'pdf' | 'csv'

type ReportProps = {
  readonly report: 'gains' | 'statement'
  /** The one parameter of the report. */
  readonly period: Readonly<Record<'year', string>> | Readonly<Record<'month', string>>
  /** What the file has, such as "the sales of 2026". */
  readonly label: string
}

/** Downloads a report of the session's user; throws an `ApiFailure`. */
async function save(
  session: Session,
  { report, period }: Omit<ReportProps, 'label'>,
  format: Format,
): Promise<void> {
  const username = usernameOf(session.getState())
  if (session.freshToken() === undefined) await session.refresh()
  const outage = session.outage()
  if (outage && session.freshToken() === undefined) throw new ApiFailure(outage)
  const query = new URLSearchParams({ ...period, ...(format === 'pdf' && { lang: language }) })
  const response = await ask(session, `/export/${report}.${format}?${query.toString()}`)
  const file = await response.blob().catch(() => {
    throw new ApiFailure(unreachable)
  })
  // No file for a user who has signed out meanwhile.
  if (usernameOf(session.getState()) !== username) return
  download(`${report}-${Object.values(period).join('')}.${format}`, file)
}

/** A button for each format of a report. */
export function ReportButtons({ label, ...report }: ReportProps) {
  const session = useSession()
  const [busy, setBusy] = useState<Format>()
  const run = async (format: Format) => {
    setBusy(format)
    try {
      await save(session, report, format)
    } catch (error) {
      notifyFailure(failureOf(error))
    } finally {
      setBusy(undefined)
    }
  }
  return (
    <Group gap="xs" wrap="nowrap">
      {(['pdf', 'csv'] as const).map((format) => (
        <Button
          key={format}
          size="xs"
          variant="default"
          loading={busy === format}
          disabled={busy !== undefined}
          renderRoot={steady}
          leftSection={<IconDownload size={14} />}
          aria-label={i18n.t('Download {label} as {format}', {
            label,
            format: format.toUpperCase(),
          })}
          onClick={() => void run(format)}
        >
          {format.toUpperCase()}
        </Button>
      ))}
    </Group>
  )
}

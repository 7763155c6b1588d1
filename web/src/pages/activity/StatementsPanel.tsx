import { Group, NativeSelect, Text } from '@mantine/core'
import { useState } from 'react'
import { locale } from '../../format/locale.ts'
import { i18n } from '../../i18n.ts'
import { Panel } from '../../ui/Panel.tsx'
import { ReportButtons } from '../../ui/ReportButtons.tsx'

const nameOf = (month: string): string =>
  new Date(`${month}-01T00:00:00Z`).toLocaleDateString(locale, {
    ...{ year: 'numeric', month: 'long', timeZone: 'UTC' },
  })

/** The UTC months of an account, the newest first, as YYYY-MM. */
function monthsSince(createdAt: string): readonly string[] {
  const first = createdAt.slice(0, 7)
  const months: string[] = []
  const at = new Date()
  at.setUTCDate(1)
  for (; ; at.setUTCMonth(at.getUTCMonth() - 1)) {
    const month = at.toISOString().slice(0, 7)
    months.push(month)
    if (month <= first) return months
  }
}

/** Downloads of what happened in a month, between its two balances. */
export function StatementsPanel({ createdAt }: { readonly createdAt: string }) {
  const months = monthsSince(createdAt)
  const [chosen, setChosen] = useState(months[0] ?? '')
  return (
    <Panel
      title={i18n.t('Monthly statements')}
      action={
        <Group gap="xs" justify="flex-end">
          <NativeSelect
            size="xs"
            aria-label={i18n.t('Month of the statement')}
            value={chosen}
            onChange={({ currentTarget }) => setChosen(currentTarget.value)}
            data={months.map((value) => ({ value, label: nameOf(value) }))}
          />
          <ReportButtons
            report="statement"
            period={{ month: chosen }}
            label={i18n.t('the statement of {month}', { month: nameOf(chosen) })}
          />
        </Group>
      }
    >
      <Text size="sm" c="dimmed">
        {i18n.t(
          'Every movement of a month (UTC) between its opening and its closing balance, without what was only set aside.',
        )}
      </Text>
    </Panel>
  )
}

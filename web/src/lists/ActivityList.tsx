import { Group, Stack, Text, ThemeIcon } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowDownLeft,
  IconArrowUpRight,
  IconBasket,
  IconGift,
  IconHandStop,
  IconReplace,
  IconTag,
} from '@tabler/icons-react'
import { signOf } from '../format/money.ts'
import { formatDateTime, formatRelative } from '../format/time.ts'
import type { ActivityKind } from '../generated/graphql.ts'
import { ExactPrice, Money, MoneyChange, Quantity, QuantityChange } from '../ui/Money.tsx'

type ShownEntry = {
  readonly id: string
  readonly kind: ActivityKind
  readonly assetId: string | null
  readonly cashChange: string
  readonly cashHeldChange: string
  readonly quantityChange: string | null
  readonly quantityHeldChange: string | null
  readonly price: string | null
  readonly createdAt: string
}

export const kindLooks = {
  DEPOSIT: { label: 'Deposit', icon: IconArrowDownLeft, color: 'gain' },
  WITHDRAWAL: { label: 'Withdrawal', icon: IconArrowUpRight, color: 'gray' },
  BUY: { label: 'Bought', icon: IconBasket, color: 'iris' },
  SELL: { label: 'Sold', icon: IconTag, color: 'iris' },
  HOLD: { label: 'Set aside', icon: IconHandStop, color: 'gray' },
  RELEASE: { label: 'Returned', icon: IconArrowBackUp, color: 'gray' },
  REPLACE: { label: 'Order replaced', icon: IconReplace, color: 'gray' },
  RED_POCKET: { label: 'Red pocket', icon: IconGift, color: 'red' },
} as const satisfies Record<ActivityKind, unknown>

/** What joins a label to the asset for which cash was set aside or returned. */
const purposes: Partial<Record<ActivityKind, string>> = {
  HOLD: 'for buying',
  RELEASE: 'from buying',
}

/** "Bought BTC"; "Set aside BTC" for a sale, "Set aside for buying BTC" where it was cash. */
export function EntryTitle({ entry: { kind, assetId, cashHeldChange } }: { entry: ShownEntry }) {
  const purpose = signOf(cashHeldChange) === 0 ? undefined : purposes[kind]
  return <>{[kindLooks[kind].label, purpose, assetId].filter(Boolean).join(' ')}</>
}

/** The amount that was set aside or returned: cash for a buy, the asset for a sale. */
function HeldAmount({ entry }: { entry: ShownEntry }) {
  const { cashHeldChange, quantityHeldChange, assetId } = entry
  const isCash = signOf(cashHeldChange) !== 0
  const change = isCash ? cashHeldChange : (quantityHeldChange ?? '0')
  if (!assetId || signOf(change) === 0) return '–'
  return (
    <span className="flat">
      {isCash ? (
        <Money value={change.replace('-', '')} />
      ) : (
        <Quantity value={change.replace('-', '')} unit={assetId} />
      )}{' '}
      {signOf(change) > 0 ? 'held' : 'freed'}
    </span>
  )
}

/** The cash that moved, or the amount that was set aside when none did. */
function EntryAmount({ entry }: { entry: ShownEntry }) {
  const { cashChange, quantityChange, assetId } = entry
  if (signOf(cashChange) !== 0) return <MoneyChange value={cashChange} />
  if (quantityChange && assetId && signOf(quantityChange) !== 0) {
    return <QuantityChange value={quantityChange} unit={assetId} />
  }
  return <HeldAmount entry={entry} />
}

function EntryDetail({ entry }: { entry: ShownEntry }) {
  const { price, quantityChange, assetId } = entry
  if (!price || !quantityChange || !assetId) return null
  return (
    <>
      {' '}
      · <Quantity value={quantityChange.replace('-', '')} unit={assetId} /> at{' '}
      <ExactPrice value={price} />
    </>
  )
}

/** A short feed of the activity, newest first. */
export function ActivityList({
  entries,
  nowMs,
}: {
  entries: readonly ShownEntry[]
  nowMs: number
}) {
  return (
    <Stack component="ul" gap={14} m={0} p={0} style={{ listStyle: 'none' }}>
      {entries.map((entry) => {
        const { icon: Icon, color } = kindLooks[entry.kind]
        return (
          <Group component="li" key={entry.id} wrap="nowrap" gap={12} className="list-entry">
            <ThemeIcon variant="light" color={color} radius="xl" size={34} aria-hidden="true">
              <Icon size={17} stroke={1.8} />
            </ThemeIcon>
            <div style={{ flex: 1, minWidth: 0 }}>
              <Text size="sm" fw={580}>
                <EntryTitle entry={entry} />
              </Text>
              <Text size="xs" c="dimmed" title={formatDateTime(entry.createdAt)}>
                {formatRelative(entry.createdAt, nowMs)}
                <EntryDetail entry={entry} />
              </Text>
            </div>
            <Text size="sm" fw={580} component="span" ta="right" maw="55%">
              <EntryAmount entry={entry} />
            </Text>
          </Group>
        )
      })}
    </Stack>
  )
}

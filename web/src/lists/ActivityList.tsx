import { Trans } from '@lingui/react'
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
import { i18n } from '../i18n.ts'
import { ComputedPrice, Money, MoneyChange, Quantity, QuantityChange } from '../ui/Money.tsx'

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
  DEPOSIT: { label: i18n.t('Deposit'), icon: IconArrowDownLeft, color: 'gain' },
  WITHDRAWAL: { label: i18n.t('Withdrawal'), icon: IconArrowUpRight, color: 'gray' },
  BUY: { label: i18n.t('Bought'), icon: IconBasket, color: 'iris' },
  SELL: { label: i18n.t('Sold'), icon: IconTag, color: 'iris' },
  HOLD: { label: i18n.t('Set aside'), icon: IconHandStop, color: 'gray' },
  RELEASE: { label: i18n.t('Returned'), icon: IconArrowBackUp, color: 'gray' },
  REPLACE: { label: i18n.t('Order replaced'), icon: IconReplace, color: 'gray' },
  RED_POCKET: { label: i18n.t('Red pocket'), icon: IconGift, color: 'red' },
} as const satisfies Record<ActivityKind, unknown>

/** "Bought BTC"; "Set aside BTC" for a sale, "Set aside for buying BTC" where it was cash. */
function titleOf({ kind, assetId, cashHeldChange }: ShownEntry): string {
  const { label } = kindLooks[kind]
  if (assetId === null) return label
  const isForBuying = signOf(cashHeldChange) !== 0
  if (isForBuying && kind === 'HOLD') {
    return i18n.t('Set aside for buying {asset}', { asset: assetId })
  }
  if (isForBuying && kind === 'RELEASE') {
    return i18n.t('Returned from buying {asset}', { asset: assetId })
  }
  return i18n.t('{entry} {asset}', { entry: label, asset: assetId })
}

export const EntryTitle = ({ entry }: { entry: ShownEntry }) => <>{titleOf(entry)}</>

/** The amount that was set aside or returned: cash for a buy, the asset for a sale. */
function HeldAmount({ entry }: { entry: ShownEntry }) {
  const { cashHeldChange, quantityHeldChange, assetId } = entry
  const isCash = signOf(cashHeldChange) !== 0
  const change = isCash ? cashHeldChange : (quantityHeldChange ?? '0')
  if (!assetId || signOf(change) === 0) return '–'
  const amount = isCash ? (
    <Money value={change.replace('-', '')} />
  ) : (
    <Quantity value={change.replace('-', '')} unit={assetId} />
  )
  return (
    <span className="flat">
      {signOf(change) > 0 ? (
        <Trans id="{amount} held" values={{ amount }} />
      ) : (
        <Trans id="{amount} freed" values={{ amount }} />
      )}
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
      <Trans
        id="· {quantity} at {price}"
        values={{
          quantity: <Quantity value={quantityChange.replace('-', '')} unit={assetId} />,
          price: <ComputedPrice value={price} />,
        }}
      />
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

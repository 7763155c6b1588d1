import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  Popover,
  SegmentedControl,
  Stack,
} from '@mantine/core'
import {
  IconAdjustmentsHorizontal,
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconChartLine,
  IconDownload,
  IconZoomReset,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useReading } from '../api/reading.ts'
import { TicketAssetsDocument } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { type Interval, intervals, withInterval } from './candles.ts'
import { IndicatorFields } from './IndicatorFields.tsx'
import type { ChartSettings } from './settings.ts'
import type { Zone } from './time.ts'

type CompareProps = {
  readonly assetId: string
  readonly otherId: string | null
  readonly onCompare: (id: string | null) => void
}

function CompareField({ assetId, otherId, onCompare }: CompareProps) {
  const { data } = useReading(TicketAssetsDocument, {})
  const others = data?.assets.nodes.filter(({ id }) => id !== assetId) ?? []
  return (
    <NativeSelect
      label={i18n.t('Compare with')}
      description={i18n.t('Both in per cent since the start of what is shown')}
      value={otherId ?? ''}
      onChange={({ currentTarget: { value } }) => onCompare(value === '' ? null : value)}
      data={[
        { value: '', label: i18n.t('Nothing') },
        ...others.map(({ id, name }) => ({ value: id, label: `${name} (${id})` })),
      ]}
    />
  )
}

type OptionsProps = CompareProps & {
  readonly settings: ChartSettings
  readonly onChange: (changed: Partial<ChartSettings>) => void
}

function Options({ settings, onChange, ...compare }: OptionsProps) {
  return (
    <Stack gap="sm">
      <CompareField {...compare} />
      <Checkbox
        label={i18n.t('Logarithmic scale')}
        description={
          compare.otherId === null ? undefined : i18n.t('A comparison has a scale in per cent')
        }
        disabled={compare.otherId !== null}
        checked={settings.isLog}
        onChange={({ currentTarget: { checked } }) => onChange({ isLog: checked })}
      />
      <SegmentedControl<Zone>
        aria-label={i18n.t('Times of the chart')}
        value={settings.zone}
        onChange={(zone) => onChange({ zone })}
        data={[
          { value: 'LOCAL', label: i18n.t('Local time') },
          { value: 'UTC', label: 'UTC' },
        ]}
      />
    </Stack>
  )
}

type ChoiceProps = {
  readonly label: string
  /** What the choices are about, for assistive technology. */
  readonly about: string
  readonly icon: ReactNode
  readonly children: ReactNode
}

/** A button that opens choices below it, within the full screen too. */
function Choice({ label, about, icon, children }: ChoiceProps) {
  return (
    <Popover
      position="bottom-start"
      withinPortal={false}
      trapFocus
      returnFocus
      width={300}
      shadow="md"
    >
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={icon} title={label}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={about}>{children}</Popover.Dropdown>
    </Popover>
  )
}

type ActionProps = {
  readonly label: string
  readonly icon: ReactNode
  readonly isDisabled: boolean
  readonly onPress: () => void
}

function Action({ label, icon, isDisabled, onPress }: ActionProps) {
  return (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={label}
      title={label}
      disabled={isDisabled}
      onClick={onPress}
    >
      {icon}
    </ActionIcon>
  )
}

type ChartToolbarProps = OptionsProps & {
  /** What stands first. */
  readonly lead: ReactNode
  readonly isReady: boolean
  readonly isFull: boolean
  /** Null where a browser has no full screen. */
  readonly onFull: (() => void) | null
  readonly onFit: () => void
  readonly onPicture: () => void
}

export function ChartToolbar(props: ChartToolbarProps) {
  const { lead, isReady, isFull, onFull, onFit, onPicture, ...options } = props
  const { settings, onChange } = options
  return (
    <Group gap={6} className="chart-tools">
      {lead}
      <NativeSelect
        size="xs"
        aria-label={i18n.t('Interval')}
        value={settings.interval}
        onChange={({ currentTarget: { value } }) =>
          onChange(withInterval(settings, value as Interval))
        }
        data={intervals.map(({ value, label }) => ({ value, label }))}
      />
      <Choice
        label={i18n.t('Indicators')}
        about={i18n.t('Indicators of the chart')}
        icon={<IconChartLine size={15} />}
      >
        <IndicatorFields
          indicators={settings.indicators}
          onChange={(indicators) => onChange({ indicators })}
        />
      </Choice>
      <Choice
        label={i18n.t('Options')}
        about={i18n.t('Options of the chart')}
        icon={<IconAdjustmentsHorizontal size={15} />}
      >
        <Options {...options} />
      </Choice>
      <Group gap={6} ml="auto">
        <Action
          label={i18n.t('Show the whole range')}
          icon={<IconZoomReset size={16} />}
          isDisabled={!isReady}
          onPress={onFit}
        />
        <Action
          label={i18n.t('Download as PNG')}
          icon={<IconDownload size={16} />}
          isDisabled={!isReady}
          onPress={onPicture}
        />
        {onFull && (
          <Action
            label={isFull ? i18n.t('Leave full screen') : i18n.t('Full screen')}
            icon={isFull ? <IconArrowsMinimize size={16} /> : <IconArrowsMaximize size={16} />}
            isDisabled={false}
            onPress={onFull}
          />
        )}
      </Group>
    </Group>
  )
}

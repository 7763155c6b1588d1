import { NativeSelect, Stack, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { type Failure, failureOf } from '../../api/errors.ts'
import type { Reading } from '../../api/reading.ts'
import { whenBack } from '../../api/reconnect.ts'
import { config } from '../../config.ts'
import { i18n } from '../../i18n.ts'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useSystem, useSystemCommand } from './use-system.ts'
import { serviceName } from './words.ts'

const faults = {
  none: undefined,
  slow: { kind: 'slow', delayMs: 2_000 },
  hang: { kind: 'slow', delayMs: 30_000 },
  error: { kind: 'error' },
  kill: { kind: 'kill' },
} as const

type FaultName = keyof typeof faults

const choices: readonly { readonly value: FaultName; readonly label: string }[] = [
  { value: 'none', label: i18n.t('Well') },
  { value: 'slow', label: i18n.t('Slow by 2 s') },
  { value: 'hang', label: i18n.t('Hangs') },
  { value: 'error', label: i18n.t('Answers with errors') },
  { value: 'kill', label: i18n.t('Does not answer') },
]

type SetFault = { readonly kind: string; readonly delayMs?: number }
type FaultReport = { readonly faults: Readonly<Record<string, SetFault>> }

const readFaults = (body: unknown): FaultReport => body as FaultReport

/** The option closest to the current fault, which may have been set elsewhere. */
function nameOf(fault: SetFault | undefined): FaultName {
  if (!fault) return 'none'
  if (fault.kind === 'slow') return (fault.delayMs ?? 0) > faults.slow.delayMs ? 'hang' : 'slow'
  return fault.kind === 'kill' ? 'kill' : 'error'
}

const subgraphs = ['user', 'order', 'inventory', 'insights', 'cny'] as const

type FaultListProps = {
  readonly report: FaultReport
  readonly onChange: (subgraph: string, name: FaultName) => void
}

function FaultList({ report, onChange }: FaultListProps) {
  return (
    <Stack gap="xs">
      {subgraphs.map((subgraph) => (
        <NativeSelect
          key={subgraph}
          label={serviceName(subgraph)}
          size="xs"
          data={choices}
          value={nameOf(report.faults[subgraph])}
          onChange={({ currentTarget: { value } }) => {
            const chosen = choices.find((choice) => choice.value === value)
            if (chosen) onChange(subgraph, chosen.value)
          }}
        />
      ))}
    </Stack>
  )
}

/** Injects a fault into a subgraph. Shown only where the router has the endpoint: in the demo. */
export function FaultPanel() {
  const reading: Reading<FaultReport> = useSystem(
    '/system/faults',
    readFaults,
    config.healthEveryMs,
  )
  const command = useSystemCommand()
  const [failure, setFailure] = useState<Failure>()
  const isNetworks = failure?.code === 'NETWORK'
  useEffect(() => (isNetworks ? whenBack(() => setFailure(undefined)) : undefined), [isNetworks])
  const change = async (subgraph: string, name: FaultName) => {
    const fault = faults[name]
    try {
      const options = fault ? { method: 'PUT', body: fault } : { method: 'DELETE' }
      await command(`/system/faults/${subgraph}`, options)
      setFailure(undefined)
    } catch (error) {
      setFailure(failureOf(error))
    }
    reading.retry()
  }
  if (!reading.data) return null
  return (
    <Panel title={i18n.t('Faults')} className="faults">
      <Text size="xs" c="dimmed" pb={8}>
        {i18n.t(
          'Inject a fault into a service and watch its panels, whether it is called, and the traces. For demonstration only.',
        )}
      </Text>
      <FaultList report={reading.data} onChange={(subgraph, name) => void change(subgraph, name)} />
      {failure && <FailureNotice failure={failure} />}
    </Panel>
  )
}

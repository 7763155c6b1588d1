import { Grid, Text } from '@mantine/core'
import { Facts } from '../../ui/Facts.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { PlanTree } from './PlanTree.tsx'
import { formatDuration, type Trace } from './trace.ts'
import { useSystem } from './use-system.ts'
import { Waterfall } from './Waterfall.tsx'
import { serviceName } from './words.ts'

const readTrace = (body: unknown): Trace => body as Trace

function Gaps({ dropped, missing }: Trace) {
  const notes = [
    ...(dropped > 0 ? [`${dropped} more spans were not kept.`] : []),
    ...(missing.length > 0
      ? [`No answer about its part from: ${missing.map(serviceName).join(', ')}.`]
      : []),
  ]
  return notes.length > 0 ? (
    <Text size="xs" className="quiet-failure" px={18} pb={8} role="status">
      {notes.join(' ')}
    </Text>
  ) : null
}

/** The spans and the query plan of one request. */
export function TracePanels({ traceId }: { traceId: string }) {
  const reading = useSystem(`/system/traces/${traceId}`, readTrace)
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <ReadingPanel title="Waterfall" reading={reading} select={(trace) => trace} isFlush>
          {(trace) => (
            <>
              <Waterfall spans={trace.spans} />
              <Gaps {...trace} />
            </>
          )}
        </ReadingPanel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <ReadingPanel title="Query plan" reading={reading} select={(trace) => trace}>
          {({ plan, requestId, durationMs }) => (
            <>
              <PlanTree calls={plan ?? []} />
              <Facts
                facts={[
                  ['Took', formatDuration(durationMs)],
                  [
                    'Request',
                    <span key="id" className="request-id">
                      {requestId}
                    </span>,
                  ],
                ]}
              />
            </>
          )}
        </ReadingPanel>
      </Grid.Col>
    </Grid>
  )
}

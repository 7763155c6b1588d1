import { Grid, Text } from '@mantine/core'
import { joinSentences, joinWords } from '../../format/lists.ts'
import { i18n } from '../../i18n.ts'
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
    ...(dropped > 0 ? [i18n.t('{count} more spans were not kept.', { count: dropped })] : []),
    ...(missing.length > 0
      ? [
          i18n.t('No answer about its part from: {services}.', {
            services: joinWords(missing.map(serviceName)),
          }),
        ]
      : []),
  ]
  return notes.length > 0 ? (
    <Text size="xs" className="quiet-failure" px={18} pb={8} role="status">
      {joinSentences(notes)}
    </Text>
  ) : null
}

/** The spans and the query plan of one request. */
export function TracePanels({ traceId }: { traceId: string }) {
  const reading = useSystem(`/system/traces/${traceId}`, readTrace)
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 8 }}>
        <ReadingPanel
          title={i18n.t('Waterfall')}
          reading={reading}
          select={(trace) => trace}
          isFlush
        >
          {(trace) => (
            <>
              <Waterfall spans={trace.spans} />
              <Gaps {...trace} />
            </>
          )}
        </ReadingPanel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 4 }}>
        <ReadingPanel title={i18n.t('Query plan')} reading={reading} select={(trace) => trace}>
          {({ plan, requestId, durationMs }) => (
            <>
              <PlanTree calls={plan ?? []} />
              <Facts
                facts={[
                  [i18n.t('Took'), formatDuration(durationMs)],
                  [
                    i18n.t('Request'),
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

import { Skeleton, Stack, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { i18n } from '../i18n.ts'
import { FailureNotice, QuietFailure, type ShownFailure } from './FailureNotice.tsx'

type PanelProps = {
  readonly title: string
  readonly action?: ReactNode
  readonly isFlush?: boolean
  readonly className?: string
  readonly children: ReactNode
}

/** A titled region of a page. */
export function Panel({ title, action, isFlush = false, className = '', children }: PanelProps) {
  const id = useId()
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <div className="panel-head">
        <Title order={2} id={id} tabIndex={-1} fz={15} fw={620}>
          {title}
        </Title>
        {action}
      </div>
      <div className={isFlush ? 'panel-body flush' : 'panel-body'}>{children}</div>
    </section>
  )
}

/** The expected height of the content, for phones and from wider screens up, to avoid a layout shift. */
type Height = {
  readonly base: number
  readonly sm: number
  readonly md?: number
  readonly lg?: number
}

type PanelSkeletonProps = { readonly rows?: number; readonly height?: Height | undefined }

export function PanelSkeleton({ rows = 3, height }: PanelSkeletonProps) {
  return (
    <Stack gap={12} p={4} mih={height} aria-busy="true" role="status">
      <span className="visually-hidden">{i18n.t('Loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={18} width={`${92 - ((row * 17) % 40)}%`} />
      ))}
    </Stack>
  )
}

type ReadingPanelProps<Data, Part> = Omit<PanelProps, 'children'> & {
  readonly reading: {
    readonly data: Data | undefined
    readonly failure: ShownFailure | undefined
    readonly isLoading: boolean
    readonly retry: () => void
  }
  /** The panel's part of the response; null or undefined when it is missing. */
  readonly select: (data: Data) => Part | null | undefined
  readonly skeletonRows?: number
  readonly height?: Height
  readonly children: (part: Part) => ReactNode
}

const nothing: ShownFailure = {
  code: 'NO_DATA',
  sentence: i18n.t('There is nothing to show at the moment.'),
}

/** A panel with an independent state: it shows its data, its failure, or that it is loading. */
export function ReadingPanel<Data, Part>(props: ReadingPanelProps<Data, Part>) {
  const { reading, select, skeletonRows, height, children, ...panel } = props
  const part = reading.data === undefined ? undefined : select(reading.data)
  const inset = panel.isFlush ? { padding: '4px 18px 12px' } : {}
  if (part !== null && part !== undefined) {
    return (
      <Panel {...panel}>
        {children(part)}
        {reading.failure && <QuietFailure failure={reading.failure} onRetry={reading.retry} />}
      </Panel>
    )
  }
  return (
    <Panel {...panel}>
      <div style={inset}>
        {reading.isLoading && !reading.failure ? (
          <PanelSkeleton
            {...(skeletonRows !== undefined && { rows: skeletonRows })}
            height={height}
          />
        ) : (
          <FailureNotice failure={reading.failure ?? nothing} onRetry={reading.retry} />
        )}
      </div>
    </Panel>
  )
}

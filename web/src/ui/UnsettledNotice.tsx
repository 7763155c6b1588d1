import { Alert, Button, Group, Text } from '@mantine/core'
import { IconHelpCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { i18n } from '../i18n.ts'
import { FailureReference, type ShownFailure } from './FailureNotice.tsx'
import { steady } from './focus.tsx'

type UnsettledNoticeProps = {
  readonly title: string
  /** What was sent, as in "the order". */
  readonly noun: string
  /** What the button sends, as in "Send the order again ($44.00 of ETH)". */
  readonly again: string
  /** Where the outcome can be seen. */
  readonly children: ReactNode
  readonly failure: ShownFailure | undefined
  readonly isRunning: boolean
  readonly onAgain: () => void
  readonly onGiveUp: () => void
}

/** Something that moves money was sent without an answer: the user sends it again unchanged, or gives up. */
export function UnsettledNotice(props: UnsettledNoticeProps) {
  const { title, noun, again, children, failure, isRunning, onAgain, onGiveUp } = props
  return (
    <Alert color="yellow" role="alert" icon={<IconHelpCircle size={20} />} title={title}>
      <Text size="sm">
        {i18n.t(
          'No answer arrived. You can send {noun} again: if it went through already, you only get its answer, and nothing happens twice.',
          { noun },
        )}{' '}
        {children}
      </Text>
      {failure?.code === 'OFFLINE' && (
        <Text size="sm" fw={550} mt={6}>
          {failure.sentence}
        </Text>
      )}
      {failure && <FailureReference failure={failure} />}
      <Group mt="sm" gap="xs">
        <Button
          size="xs"
          className="wrapping"
          renderRoot={steady}
          loading={isRunning}
          onClick={onAgain}
        >
          {again}
        </Button>
        <Button size="xs" variant="default" disabled={isRunning} onClick={onGiveUp}>
          {i18n.t('Start over')}
        </Button>
      </Group>
    </Alert>
  )
}

import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Failure } from '../api/errors.ts'
import { i18n } from '../i18n.ts'
import { type Fact, Facts } from '../ui/Facts.tsx'
import { FailureNotice } from '../ui/FailureNotice.tsx'
import { steady, useFocusReturn } from '../ui/focus.tsx'
import type { LineSubject } from './moving.ts'

export type OrderSubject = Extract<LineSubject, { readonly field: string }>
export type AlertSubject = Exclude<LineSubject, OrderSubject>

/** A line that was put at another price. */
export type MoveProps<Subject> = {
  readonly subject: Subject
  readonly assetId: string
  readonly marketPrice: string | undefined
  readonly price: string
  readonly onClose: () => void
}

type ConfirmProps = {
  readonly title: string
  readonly facts: readonly Fact[]
  readonly note: ReactNode
  /** What speaks against it. */
  readonly check?: ReactNode
  readonly action: string
  readonly isRunning: boolean
  readonly isRefused?: boolean
  readonly failure: Failure | undefined
  readonly onConfirm: () => Promise<void>
  readonly onClose: () => void
}

/** Asks before anything is sent. What was sent cannot be taken back, so the dialog stays until its answer. */
export function ConfirmMove(props: ConfirmProps) {
  const { title, facts, note, check, action, isRunning, isRefused, failure } = props
  const { onConfirm, onClose } = props
  useFocusReturn(true)
  return (
    <Modal
      opened
      onClose={onClose}
      centered={false}
      yOffset="8vh"
      closeOnEscape={!isRunning}
      closeOnClickOutside={!isRunning}
      closeButtonProps={{ 'aria-label': i18n.t('Close'), disabled: isRunning }}
      title={
        <span data-autofocus tabIndex={-1}>
          {title}
        </span>
      }
    >
      <Stack>
        <Facts facts={facts} />
        <Text size="sm">{note}</Text>
        {check}
        <Group justify="flex-end">
          <Button variant="default" disabled={isRunning} onClick={onClose}>
            {i18n.t('Back')}
          </Button>
          <Button
            renderRoot={steady}
            loading={isRunning}
            disabled={isRefused === true}
            onClick={() => void onConfirm()}
          >
            {action}
          </Button>
        </Group>
        {failure && <FailureNotice failure={failure} />}
      </Stack>
    </Modal>
  )
}

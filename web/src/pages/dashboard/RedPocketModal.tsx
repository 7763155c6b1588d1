import { Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { useCommand } from '../../api/command.ts'
import { useCommandKey } from '../../api/command-key.ts'
import { isOutcomeUnknown, problemAt } from '../../api/errors.ts'
import { useFormDraft } from '../../api/form-draft.ts'
import { useReading } from '../../api/reading.ts'
import { formatMoney } from '../../format/money.ts'
import { formatZonedDateTime } from '../../format/time.ts'
import {
  DashboardClaimRedPocketDocument,
  type DashboardClaimRedPocketMutation,
  DashboardRedPocketDocument,
  type DashboardRedPocketQuery,
} from '../../generated/graphql.ts'
import { EnvelopeArt } from '../../ui/EnvelopeArt.tsx'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { fieldMessage } from '../../ui/field-message.tsx'
import { focusRefused, useFocusReturn } from '../../ui/focus.tsx'
import { SubmitButton } from '../../ui/SubmitButton.tsx'

type Claim = DashboardClaimRedPocketMutation['claimRedPocket']

/** The form with the focus has gone. */
const takeFocus = (element: HTMLElement | null) => element?.focus()

function Opened({ claim }: { claim: Claim }) {
  return (
    <Stack align="center" ta="center" gap={10} role="status" tabIndex={-1} ref={takeFocus}>
      <EnvelopeArt isBig={claim.size === 'BIG'} />
      <Text fz={26} fw={700} className="red-pocket-wish">
        恭喜发财
      </Text>
      {claim.size === 'BIG' && <Text>You found a big red pocket!</Text>}
      <Text className="figure" fz={38} component="div">
        {formatMoney(claim.amount)}
      </Text>
      <Text size="sm">
        It is in your cash already
        {claim.withdrawableAt &&
          `: trade with it now, withdraw it from ${formatZonedDateTime(claim.withdrawableAt)}`}
        . The next one: {formatZonedDateTime(claim.nextClaimAt)}.
      </Text>
    </Stack>
  )
}

const empty = { phrase: '' }

function PhraseForm({ onClaimed }: { onClaimed: (claim: Claim) => void }) {
  const [draft, change] = useFormDraft('red-pocket', empty)
  const { phrase } = draft
  const { key, renew } = useCommandKey('red-pocket')
  const { run, isRunning, failure, forget } = useCommand(DashboardClaimRedPocketDocument)
  const refused = problemAt(failure, 'phrase')
  const claim = async (form: EventTarget) => {
    const { data, failure: refusal } = await run({ input: { phrase, key } })
    if (!refusal || !isOutcomeUnknown(refusal)) renew()
    if (!data) {
      focusRefused(form, [refusal.field ?? ''])
      return
    }
    change(empty)
    onClaimed(data.claimRedPocket)
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    void claim(event.currentTarget)
  }
  return (
    <form onSubmit={onSubmit}>
      <Stack>
        <EnvelopeArt isBig={false} />
        <Text ta="center">Say something nice, and a red pocket opens. One a day.</Text>
        <TextInput
          autoFocus
          label="Lucky phrase"
          placeholder="恭喜发财"
          maxLength={200}
          autoComplete="off"
          data-path="phrase"
          {...fieldMessage(refused)}
          value={phrase}
          onChange={(event) => {
            if (refused) forget()
            change({ phrase: event.currentTarget.value })
          }}
        />
        <SubmitButton
          className="gold-button"
          color="#f2c14e"
          loading={isRunning}
          failure={refused === undefined ? failure : undefined}
          reason={phrase.trim() === '' ? 'Enter a phrase first.' : null}
        >
          Open the red pocket
        </SubmitButton>
      </Stack>
    </form>
  )
}

/** The reason why no red pocket can be opened at present. */
function Closed({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap={8} pb="sm" role="status">
      <EnvelopeArt isBig={false} />
      <Text fw={650}>{title}</Text>
      {children && <Text size="sm">{children}</Text>}
    </Stack>
  )
}

type Pocket = NonNullable<NonNullable<DashboardRedPocketQuery['me']>['portfolio']['redPocket']>

function Pocket({ pocket, onClaimed }: { pocket: Pocket; onClaimed: (claim: Claim) => void }) {
  if (!pocket.isOffered) return <Closed title="There are no red pockets at the moment." />
  if (pocket.claimedToday) {
    return (
      <Closed title="Today’s red pocket is open already.">
        The next one can be opened {formatZonedDateTime(pocket.nextClaimAt)}.
      </Closed>
    )
  }
  if (!pocket.canClaim) {
    return (
      <Closed title="Your account is too new for a red pocket.">
        Your first one can be opened {formatZonedDateTime(pocket.nextClaimAt)}.
      </Closed>
    )
  }
  return <PhraseForm onClaimed={onClaimed} />
}

export function RedPocketModal({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [claim, setClaim] = useState<Claim>()
  useFocusReturn(isOpen)
  const { data, failure, retry } = useReading(DashboardRedPocketDocument, {})
  const pocket = data?.me?.portfolio.redPocket
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title="Red pocket"
      // A refusal below the button must not move it.
      centered={false}
      yOffset="12vh"
      classNames={{ content: 'red-pocket-modal', header: 'red-pocket-header' }}
      closeButtonProps={{ 'aria-label': 'Close', c: '#ffe9b8' }}
    >
      {claim && <Opened claim={claim} />}
      {!claim && pocket && <Pocket pocket={pocket} onClaimed={setClaim} />}
      {!claim && !pocket && (
        <Stack>
          <EnvelopeArt isBig={false} />
          {failure ? (
            <FailureNotice failure={failure} onRetry={retry} />
          ) : (
            <Text ta="center" role="status">
              One moment.
            </Text>
          )}
        </Stack>
      )}
    </Modal>
  )
}

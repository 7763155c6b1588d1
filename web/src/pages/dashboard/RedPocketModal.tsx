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
import { i18n } from '../../i18n.ts'
import { EnvelopeArt } from '../../ui/EnvelopeArt.tsx'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { fieldMessage } from '../../ui/field-message.tsx'
import { focusRefused, useFocusReturn } from '../../ui/focus.tsx'
import { SubmitButton } from '../../ui/SubmitButton.tsx'

type Claim = DashboardClaimRedPocketMutation['claimRedPocket']

/** The form with the focus has gone. */
const takeFocus = (element: HTMLElement | null) => element?.focus()

function whatNext({ withdrawableAt, nextClaimAt }: Claim): string {
  const next = formatZonedDateTime(nextClaimAt)
  if (!withdrawableAt) {
    return i18n.t('It is in your cash already. The next one: {next}.', { next })
  }
  return i18n.t(
    'It is in your cash already: trade with it now, withdraw it from {withdrawable}. The next one: {next}.',
    { withdrawable: formatZonedDateTime(withdrawableAt), next },
  )
}

function Opened({ claim }: { claim: Claim }) {
  return (
    <Stack align="center" ta="center" gap={10} role="status" tabIndex={-1} ref={takeFocus}>
      <EnvelopeArt isBig={claim.size === 'BIG'} />
      <Text fz={26} fw={700} className="red-pocket-wish">
        恭喜发财
      </Text>
      {claim.size === 'BIG' && <Text>{i18n.t('You found a big red pocket!')}</Text>}
      <Text className="figure" fz={38} component="div">
        {formatMoney(claim.amount)}
      </Text>
      <Text size="sm">{whatNext(claim)}</Text>
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
        <Text ta="center">{i18n.t('Say something nice, and a red pocket opens. One a day.')}</Text>
        <TextInput
          autoFocus
          label={i18n.t('Lucky phrase')}
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
          reason={phrase.trim() === '' ? i18n.t('Enter a phrase first.') : null}
        >
          {i18n.t('Open the red pocket')}
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
  if (!pocket.isOffered) return <Closed title={i18n.t('There are no red pockets at the moment.')} />
  const next = formatZonedDateTime(pocket.nextClaimAt)
  if (pocket.claimedToday) {
    return (
      <Closed title={i18n.t('Today’s red pocket is open already.')}>
        {i18n.t('The next one can be opened {next}.', { next })}
      </Closed>
    )
  }
  if (!pocket.canClaim) {
    return (
      <Closed title={i18n.t('Your account is too new for a red pocket.')}>
        {i18n.t('Your first one can be opened {next}.', { next })}
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
      title={i18n.t('Red pocket')}
      // A refusal below the button must not move it.
      centered={false}
      yOffset="12vh"
      classNames={{ content: 'red-pocket-modal', header: 'red-pocket-header' }}
      closeButtonProps={{ 'aria-label': i18n.t('Close'), c: '#ffe9b8' }}
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
              {i18n.t('One moment.')}
            </Text>
          )}
        </Stack>
      )}
    </Modal>
  )
}

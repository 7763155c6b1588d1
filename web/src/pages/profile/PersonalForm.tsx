import { Button, Group, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useId } from 'react'
import { useCommand } from '../../api/command.ts'
import { type Failure, problemAt } from '../../api/errors.ts'
import { dateLocale } from '../../format/locale.ts'
import { ProfileUpdateDocument } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { fieldProps } from '../../ui/field-message.tsx'
import { focusInvalid, focusRefused, steady } from '../../ui/focus.tsx'
import { PasswordField } from '../../ui/PasswordField.tsx'
import { PersonFields } from '../../ui/PersonFields.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { useSecondsLeft } from '../../ui/wait.ts'
import { phoneHint } from '../sign-up/rules.ts'
import {
  isNewEmail,
  type Saved,
  savedOf,
  type User,
  usePersonalForm,
  type Values,
} from './use-personal-form.ts'

/** Only changed fields are sent; an optional field that was emptied is cleared. */
function toInput({ currentPassword, ...values }: Values, user: User) {
  const before = savedOf(user)
  const { email, phone, dateOfBirth, ...rest } = values
  const changed = Object.entries(rest).filter(
    ([name, value]) => value !== before[name as keyof typeof rest],
  )
  return {
    ...Object.fromEntries(changed),
    ...(phone !== before.phone && { phone: phone || null }),
    ...(dateOfBirth !== before.dateOfBirth && { dateOfBirth: dateOfBirth || null }),
    ...(isNewEmail(email, user) && { email, currentPassword }),
  }
}

/** A refusal with a field is shown at that field. */
const atField = (failure: Failure): Failure =>
  failure.code === 'EMAIL_TAKEN' ? { ...failure, field: 'email' } : failure

const names: Readonly<Record<keyof Saved, string>> = {
  firstName: i18n.t('first name'),
  lastName: i18n.t('last name'),
  email: i18n.t('e-mail'),
  phone: i18n.t('phone'),
  dateOfBirth: i18n.t('date of birth'),
  marketingConsent: i18n.t('news'),
}

const list = new Intl.ListFormat(dateLocale)

/** What is not saved, and what becomes of it when the user leaves. */
function describeUnsaved(unsaved: readonly (keyof Saved)[], isKept: boolean): string {
  if (unsaved.length === 0) return i18n.t('Nothing has been changed yet.')
  const fields = list.format(unsaved.map((name) => names[name]))
  return isKept
    ? i18n.t('Not saved yet: {fields}. This tab keeps it until you save or discard it.', { fields })
    : i18n.t('Not saved yet: {fields}. It is too long to be kept and is lost when you leave.', {
        fields,
      })
}

export function PersonalForm({ user }: { user: User }) {
  const { run, isRunning, failure, forget } = useCommand(ProfileUpdateDocument)
  const reasonId = useId()
  const isTooEarly = useSecondsLeft(failure) > 0
  const { form, unsaved, isKept, settle } = usePersonalForm(user)
  const submit = form.onSubmit(async (values, event) => {
    const { data, failure: refusal } = await run({ input: toInput(values, user) })
    if (!data) {
      focusRefused(event?.target, [atField(refusal).field ?? ''])
      return
    }
    settle(savedOf({ ...user, ...data.updateProfile.user }))
    notifyDone(i18n.t('Profile saved'))
  }, focusInvalid)
  const isChanged = unsaved.length > 0
  const refused = failure && atField(failure)
  const isAtField = refused?.field !== undefined && refused.field in form.values
  const propsOf = (field: keyof Values, hint?: string, lines?: 1 | 2) =>
    fieldProps(
      form.getInputProps(field),
      { problem: form.errors[field], refused: problemAt(refused, field), forget },
      hint,
      lines,
    )
  return (
    <form onSubmit={submit} noValidate aria-label={i18n.t('Personal data')}>
      <Stack gap={6}>
        <PersonFields propsOf={propsOf} />
        {isNewEmail(form.values.email, user) && (
          <PasswordField
            label={i18n.t('Current password, to change the e-mail address')}
            autoComplete="current-password"
            required
            {...propsOf('currentPassword')}
          />
        )}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing={6}>
          <TextInput
            label={i18n.t('Phone')}
            type="tel"
            autoComplete="tel"
            {...propsOf('phone', phoneHint, 2)}
          />
          <TextInput
            label={i18n.t('Date of birth')}
            type="date"
            autoComplete="bday"
            {...propsOf('dateOfBirth', undefined, 2)}
          />
        </SimpleGrid>
        <Switch
          label={i18n.t('Send me news now and then')}
          {...form.getInputProps('marketingConsent', { type: 'checkbox' })}
        />
        <Group justify="flex-end" mt={6}>
          <Button
            variant="default"
            renderRoot={steady}
            disabled={!isChanged || isRunning}
            aria-describedby={reasonId}
            onClick={() => {
              forget()
              settle(savedOf(user))
            }}
          >
            {i18n.t('Discard changes')}
          </Button>
          <Button
            type="submit"
            renderRoot={steady}
            loading={isRunning}
            disabled={!isChanged || isTooEarly}
            aria-describedby={reasonId}
          >
            {i18n.t('Save')}
          </Button>
        </Group>
        <Text
          id={reasonId}
          size="xs"
          c={isChanged ? 'var(--warn)' : 'dimmed'}
          ta="right"
          mih="2.9em"
          style={{ textWrap: 'balance' }}
          aria-live="polite"
        >
          {describeUnsaved(unsaved, isKept)}
        </Text>
        {failure && !isAtField && <FailureNotice failure={failure} />}
      </Stack>
    </form>
  )
}

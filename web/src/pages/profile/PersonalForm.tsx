import {
  Button,
  Group,
  PasswordInput,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { useForm } from '@mantine/form'
import { useId } from 'react'
import { useCommand } from '../../api/command.ts'
import { type Failure, problemAt } from '../../api/errors.ts'
import { ProfileUpdateDocument, type ProfileUserQuery } from '../../generated/graphql.ts'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { fieldMessage } from '../../ui/field-message.tsx'
import { focusInvalid, focusRefused, steady } from '../../ui/focus.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { useSecondsLeft } from '../../ui/wait.ts'
import {
  checkBirthDate,
  checkEmail,
  checkName,
  checkPhone,
  phoneHint,
  readEmail,
} from '../sign-up/rules.ts'

type User = NonNullable<ProfileUserQuery['me']>

const valuesOf = ({ email, firstName, lastName, phone, dateOfBirth, marketingConsent }: User) => ({
  email,
  firstName,
  lastName,
  phone: phone ?? '',
  dateOfBirth: dateOfBirth ?? '',
  marketingConsent,
  currentPassword: '',
})

type Values = ReturnType<typeof valuesOf>

/** Another spelling of the same address is not a change. */
const isNewEmail = (email: string, user: User): boolean =>
  readEmail(email) !== readEmail(user.email)

/** Only changed fields are sent; an optional field that was emptied is cleared. */
function toInput({ currentPassword, ...values }: Values, user: User) {
  const before = valuesOf(user)
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

export function PersonalForm({ user }: { user: User }) {
  const { run, isRunning, failure } = useCommand(ProfileUpdateDocument)
  const reasonId = useId()
  const isTooEarly = useSecondsLeft(failure) > 0
  const form = useForm<Values>({
    initialValues: valuesOf(user),
    validate: {
      email: checkEmail,
      firstName: checkName,
      lastName: checkName,
      phone: checkPhone,
      dateOfBirth: (date) => checkBirthDate(date),
      currentPassword: (password, { email }) =>
        isNewEmail(email, user) && password === '' ? 'Needed to change the e-mail address.' : null,
    },
    validateInputOnBlur: ['email', 'firstName', 'lastName', 'phone', 'dateOfBirth'],
  })
  const submit = form.onSubmit(async (values, event) => {
    const { data, failure: refusal } = await run({ input: toInput(values, user) })
    if (!data) {
      focusRefused(event?.target, [atField(refusal).field ?? ''])
      return
    }
    const saved = valuesOf({ ...user, ...data.updateProfile.user })
    form.setInitialValues(saved)
    form.setValues(saved)
    form.resetDirty(saved)
    notifyDone('Profile saved')
  }, focusInvalid)
  const refused = failure && atField(failure)
  const isAtField = refused?.field !== undefined && refused.field in form.values
  const propsOf = (field: keyof Values, hint?: string, lines?: 1 | 2) => ({
    ...form.getInputProps(field),
    ...fieldMessage(form.errors[field] ?? problemAt(refused, field), hint, lines),
  })
  return (
    <form onSubmit={submit} noValidate aria-label="Personal data">
      <Stack gap={6}>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing={6}>
          <TextInput
            label="First name"
            autoComplete="given-name"
            required
            {...propsOf('firstName', undefined, 2)}
          />
          <TextInput
            label="Last name"
            autoComplete="family-name"
            required
            {...propsOf('lastName', undefined, 2)}
          />
        </SimpleGrid>
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="email"
          required
          {...propsOf('email')}
        />
        {isNewEmail(form.values.email, user) && (
          <PasswordInput
            label="Current password, to change the e-mail address"
            autoComplete="current-password"
            required
            {...propsOf('currentPassword')}
          />
        )}
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing={6}>
          <TextInput
            label="Phone"
            type="tel"
            autoComplete="tel"
            {...propsOf('phone', phoneHint, 2)}
          />
          <TextInput
            label="Date of birth"
            type="date"
            autoComplete="bday"
            {...propsOf('dateOfBirth', undefined, 2)}
          />
        </SimpleGrid>
        <Switch
          label="Send me news now and then"
          {...form.getInputProps('marketingConsent', { type: 'checkbox' })}
        />
        <Group justify="flex-end" mt={6}>
          <Button
            variant="default"
            renderRoot={steady}
            disabled={!form.isDirty()}
            aria-describedby={reasonId}
            onClick={form.reset}
          >
            Undo
          </Button>
          <Button
            type="submit"
            renderRoot={steady}
            loading={isRunning}
            disabled={!form.isDirty() || isTooEarly}
            aria-describedby={reasonId}
          >
            Save
          </Button>
        </Group>
        <Text id={reasonId} size="xs" c="dimmed" ta="right" mih="1.4em" aria-live="polite">
          {form.isDirty() ? '' : 'Nothing has been changed yet.'}
        </Text>
        {failure && !isAtField && <FailureNotice failure={failure} />}
      </Stack>
    </form>
  )
}

import { Button, Group, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useCommand } from '../../api/command.ts'
import { ProfileUpdateDocument, type ProfileUserQuery } from '../../generated/graphql.ts'
import { FailureNotice } from '../../ui/FailureNotice.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { checkEmail, checkName, checkPhone } from '../sign-up/rules.ts'

type User = NonNullable<ProfileUserQuery['me']>

const valuesOf = ({ email, firstName, lastName, phone, dateOfBirth, marketingConsent }: User) => ({
  email,
  firstName,
  lastName,
  phone: phone ?? '',
  dateOfBirth: dateOfBirth ?? '',
  marketingConsent,
})

type Values = ReturnType<typeof valuesOf>

/** An optional field that was emptied is cleared. */
const toInput = ({ phone, dateOfBirth, ...values }: Values) => ({
  ...values,
  phone: phone || null,
  dateOfBirth: dateOfBirth || null,
})

export function PersonalForm({ user }: { user: User }) {
  const { run, isRunning, failure } = useCommand(ProfileUpdateDocument)
  const form = useForm<Values>({
    initialValues: valuesOf(user),
    validate: { email: checkEmail, firstName: checkName, lastName: checkName, phone: checkPhone },
    validateInputOnBlur: true,
  })
  const submit = form.onSubmit(async (values) => {
    const { data } = await run({ input: toInput(values) })
    if (!data) return
    const saved = valuesOf({ ...user, ...data.updateProfile.user })
    form.setInitialValues(saved)
    form.setValues(saved)
    form.resetDirty(saved)
    notifyDone('Profile saved')
  })
  return (
    <form onSubmit={submit} noValidate aria-label="Personal data">
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput
            label="First name"
            autoComplete="given-name"
            required
            {...form.getInputProps('firstName')}
          />
          <TextInput
            label="Last name"
            autoComplete="family-name"
            required
            {...form.getInputProps('lastName')}
          />
        </SimpleGrid>
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="email"
          required
          {...form.getInputProps('email')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput label="Phone" type="tel" autoComplete="tel" {...form.getInputProps('phone')} />
          <TextInput
            label="Date of birth"
            type="date"
            autoComplete="bday"
            {...form.getInputProps('dateOfBirth')}
          />
        </SimpleGrid>
        <Switch
          label="Send me news now and then"
          {...form.getInputProps('marketingConsent', { type: 'checkbox' })}
        />
        {failure && <FailureNotice failure={failure} />}
        <Group justify="flex-end">
          <Button variant="default" disabled={!form.isDirty()} onClick={form.reset}>
            Undo
          </Button>
          <Button type="submit" loading={isRunning} disabled={!form.isDirty()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

import { useForm } from '@mantine/form'
import { useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { canKeep, changesOf, keepDraft, readDraft } from '../../api/form-draft.ts'
import { useOwnStorage } from '../../api/own-storage.ts'
import type { ProfileUserQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { useLeaveWarning } from '../../ui/leave-warning.ts'
import { checkBirthDate, checkEmail, checkName, checkPhone, readEmail } from '../sign-up/rules.ts'

export type User = NonNullable<ProfileUserQuery['me']>

/** The fields of the form as the server has them. */
export const savedOf = ({
  firstName,
  lastName,
  email,
  phone,
  dateOfBirth,
  marketingConsent,
}: User) => ({
  firstName,
  lastName,
  email,
  phone: phone ?? '',
  dateOfBirth: dateOfBirth ?? '',
  marketingConsent,
})

export type Saved = ReturnType<typeof savedOf>

/** The password proves a change of the address; it is never kept. */
export type Values = Saved & { readonly currentPassword: string }

/** Another spelling of the same address is not a change. */
export const isNewEmail = (email: string, user: User): boolean =>
  readEmail(email) !== readEmail(user.email)

const scope = 'profile'
const withoutPassword = ({ currentPassword: _, ...fields }: Values): Saved => fields

/**
 * The form of the personal data. What was changed and not saved is kept over a reload and other pages; what was not touched
 * follows the server.
 */
export function usePersonalForm(user: User) {
  const own = useOwnStorage()
  const saved = savedOf(user)
  const [initialValues] = useState(() => ({ ...readDraft(own, scope, saved), currentPassword: '' }))
  const form = useForm<Values>({
    initialValues,
    onValuesChange: (values) => keepDraft(own, scope, saved, withoutPassword(values)),
    validate: {
      email: checkEmail,
      firstName: checkName,
      lastName: checkName,
      phone: checkPhone,
      dateOfBirth: (date) => checkBirthDate(date),
      currentPassword: (password, { email }) =>
        isNewEmail(email, user) && password === ''
          ? i18n.t('Needed to change the e-mail address.')
          : null,
    },
    validateInputOnBlur: ['email', 'firstName', 'lastName', 'phone', 'dateOfBirth'],
  })
  const known = useRef(saved)
  const follow = useEffectEvent(() => {
    const touched = changesOf(known.current, withoutPassword(form.values))
    known.current = saved
    form.setValues({ ...saved, ...touched })
  })
  // Before the paint: the old values must not look like changes.
  useLayoutEffect(() => follow(), [user])
  const changes = changesOf(saved, withoutPassword(form.values))
  const isKept = canKeep(changes)
  useLeaveWarning(!isKept)
  return {
    form,
    /** The names of the fields that differ from the saved ones. */
    unsaved: Object.keys(changes) as (keyof Saved)[],
    isKept,
    /** Shows what the server has, and forgets the rest. */
    settle: (next: Saved) => {
      form.setValues({ ...next, currentPassword: '' })
      form.clearErrors()
      keepDraft(own, scope, next, next)
    },
  }
}

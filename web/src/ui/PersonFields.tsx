import { SimpleGrid, TextInput } from '@mantine/core'
import { i18n, language } from '../i18n.ts'
import type { fieldProps } from './field-message.tsx'

const nameLabels = {
  firstName: { label: i18n.t('First name'), autoComplete: 'given-name' },
  lastName: { label: i18n.t('Last name'), autoComplete: 'family-name' },
} as const

/** The fields of a name as the language writes it: in Chinese the family name comes first. */
const namesInOrder =
  language === 'zh-CN' ? (['lastName', 'firstName'] as const) : (['firstName', 'lastName'] as const)

type PersonFieldsProps = {
  readonly propsOf: (
    field: keyof typeof nameLabels | 'email',
    hint: undefined,
    lines: 2,
  ) => ReturnType<typeof fieldProps>
}

/** The name and the e-mail address of a person, as a new and as a changed account ask for them. */
export function PersonFields({ propsOf }: PersonFieldsProps) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing={6}>
        {namesInOrder.map((field) => (
          <TextInput
            key={field}
            label={nameLabels[field].label}
            autoComplete={nameLabels[field].autoComplete}
            required
            {...propsOf(field, undefined, 2)}
          />
        ))}
      </SimpleGrid>
      <TextInput
        label={i18n.t('E-mail')}
        type="email"
        autoComplete="email"
        required
        {...propsOf('email', undefined, 2)}
      />
    </>
  )
}

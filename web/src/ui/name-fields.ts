import { i18n, language } from '../i18n.ts'

export const nameLabels = {
  firstName: { label: i18n.t('First name'), autoComplete: 'given-name' },
  lastName: { label: i18n.t('Last name'), autoComplete: 'family-name' },
} as const

/** The fields of a name as the language writes it: in Chinese the family name comes first. */
export const namesInOrder =
  language === 'zh-CN' ? (['lastName', 'firstName'] as const) : (['firstName', 'lastName'] as const)

import { type Language, languages } from '@cnop/kit/language'
import { NativeSelect } from '@mantine/core'
import { IconLanguage } from '@tabler/icons-react'
import { chooseLanguage, i18n, language } from '../i18n.ts'

const options = Object.entries(languages).map(([value, label]) => ({ value, label }))

/** The languages of the app, each by its own name, so that everyone finds theirs. The page is loaded again in the chosen one. */
export function LanguageChoice() {
  return (
    <NativeSelect
      aria-label={i18n.t('Language')}
      size="xs"
      leftSection={<IconLanguage size={16} stroke={1.7} />}
      data={options}
      value={language}
      onChange={({ currentTarget }) => chooseLanguage(currentTarget.value as Language)}
    />
  )
}

import { plainSearch } from '@cnop/kit/search'
import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useEffectEvent, useState } from 'react'

const pauseMs = 250

type SearchFieldProps = {
  readonly label: string
  readonly placeholder: string
  readonly maxLength: number
  readonly w: number | { readonly base: string; readonly xs: number }
  /** What is searched for at present. */
  readonly value: string
  readonly onSearch: (text: string) => void
}

/**
 * A search that starts after a pause in typing. The field keeps its text meanwhile: the address, where the search is kept,
 * changes too late for the next character.
 */
export function SearchField({ value, onSearch, label, ...input }: SearchFieldProps) {
  const [text, setText] = useState(value)
  const [known, setKnown] = useState({ value, sent: value })
  if (value !== known.value) {
    setKnown({ value, sent: value })
    // It was changed by something else, such as "back".
    if (value !== known.sent) setText(value)
  }
  const wanted = plainSearch(text)
  const send = useEffectEvent(() => {
    setKnown({ ...known, sent: wanted })
    onSearch(wanted)
  })
  useEffect(() => {
    if (wanted === known.sent) return undefined
    const timer = setTimeout(() => send(), pauseMs)
    return () => clearTimeout(timer)
  }, [wanted, known.sent])
  return (
    <TextInput
      {...input}
      data-page-search
      aria-label={label}
      leftSection={<IconSearch size={16} />}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
    />
  )
}

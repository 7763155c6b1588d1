import { createFinder } from '@cnop/kit/search'
import { type ComboboxItem, type OptionsFilter, Select, type SelectProps } from '@mantine/core'
import { type FocusEvent, type KeyboardEvent, useState } from 'react'
import { flushSync } from 'react-dom'
import { i18n } from '../i18n.ts'

type Option = Pick<ComboboxItem, 'value' | 'label'> & {
  /** What it is found by beside its label. */
  readonly keywords?: readonly string[]
}

type SearchSelectProps = Pick<
  SelectProps,
  | 'aria-label'
  | 'className'
  | 'comboboxProps'
  | 'error'
  | 'label'
  | 'leftSection'
  | 'nothingFoundMessage'
  | 'placeholder'
  | 'size'
> & {
  readonly options: readonly Option[]
  /** The value of the chosen option; it may be one that `options` does not have yet. */
  readonly value: string | null
  readonly onChoose: (value: string) => void
  /** The search field of its page, to which “/” leads. */
  readonly isPageSearch?: boolean
}

/** The most options in view. */
const limit = 60

const findIn = <Item extends Option>(items: readonly Item[], text: string): readonly Item[] => {
  const finds = createFinder(text)
  return items.filter(({ label, keywords = [] }) => finds(label, ...keywords)).slice(0, limit)
}

const filter: OptionsFilter = ({ options, search }) => [
  ...findIn(options as ComboboxItem[], search),
]

type Search = {
  readonly found: readonly Option[]
  readonly typed: string | null
  readonly chosen: Option | undefined
}

/** The option that Enter means: the one that is marked in the list, else the first that was found, else the chosen one. */
function optionMeant(field: HTMLInputElement, { found, typed, chosen }: Search) {
  const list = document.getElementById(field.getAttribute('aria-controls') ?? '')
  const marked = list?.querySelector('[data-combobox-selected]')?.getAttribute('value')
  return found.find(({ value }) => value === marked) ?? (typed === null ? chosen : found[0])
}

type KeyOfMethod = { readonly isComposing: boolean; readonly keyCode: number }

/**
 * A choice from a list that is found by typing. The text is kept here, so that options which arrive later do not replace it.
 * Enter is handled here too: Mantine's own handler asks for a marked place that a timer may have forgotten.
 */
export function SearchSelect(props: SearchSelectProps) {
  const { options, value, onChoose, isPageSearch, nothingFoundMessage, ...input } = props
  const [isOpen, setOpen] = useState(false)
  /** The text since the field was entered; null where nothing was typed. */
  const [typed, setTyped] = useState<string | null>(null)
  const chosen = options.find((option) => option.value === value)
  const selectText = ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
    currentTarget.select()
  const leave = () => {
    setTyped(null)
    setOpen(false)
  }
  const choose = (field: HTMLInputElement) => {
    const next = optionMeant(field, { found: findIn(options, typed ?? ''), typed, chosen })
    // Nothing has this name: the list says so.
    if (!next && typed !== null) return
    leave()
    if (next && next.value !== value) onChoose(next.value)
  }
  const onKeyDownCapture = (event: KeyboardEvent<HTMLInputElement>) => {
    const { key, currentTarget } = event
    const { isComposing, keyCode }: KeyOfMethod = event.nativeEvent
    // The key belongs to the input method. Safari tells of the last one by its code only.
    if (isComposing || keyCode === 229) return
    if (key === 'Escape') {
      flushSync(leave)
      currentTarget.select()
    }
    if (key !== 'Enter' || !isOpen) return
    // It neither sends the form nor reaches Mantine's handler.
    event.preventDefault()
    event.stopPropagation()
    choose(currentTarget)
  }
  return (
    <Select
      {...input}
      {...(isPageSearch && { 'data-page-search': true })}
      searchable
      filter={filter}
      limit={limit}
      allowDeselect={false}
      selectFirstOptionOnChange
      nothingFoundMessage={
        options.length > 0 ? nothingFoundMessage : i18n.t('The list has not arrived yet')
      }
      dropdownOpened={isOpen}
      onDropdownOpen={() => setOpen(true)}
      onDropdownClose={() => setOpen(false)}
      searchValue={typed ?? chosen?.label ?? ''}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      onKeyDownCapture={onKeyDownCapture}
      onOptionSubmit={() => setTyped(null)}
      // Typing replaces the text.
      onFocus={(event: FocusEvent<HTMLInputElement>) => selectText(event)}
      onClick={selectText}
      onBlur={() => setTyped(null)}
      value={chosen?.value ?? null}
      onChange={(next) => next && onChoose(next)}
      data={[...options]}
    />
  )
}

import '@mantine/spotlight/styles.css'
import { namesOf } from '@cnop/quotes/asset-names'
import { createSpotlight, Spotlight, useSpotlight } from '@mantine/spotlight'
import { IconCornerDownRight, IconKeyboard, IconSearch } from '@tabler/icons-react'
import { type ComponentProps, type RefObject, useEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { nameOf } from '../api/asset-names.ts'
import { useReading } from '../api/reading.ts'
import { ShellAssetsDocument } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import { AssetLogo } from '../ui/AssetLogo.tsx'
import { focusPage, useFocusReturn } from '../ui/focus.tsx'
import { destinations } from './navigation.ts'
import { searchOf } from './command-words.ts'
import { type Entry, findEntries, type Groups, idsOf, limited } from './palette-entries.ts'
import { examples, readCommand, type Understood } from './palette-words.ts'
import { type PaletteAsset, usePaletteCommands } from './use-palette-commands.tsx'
import { useReasonAgainst } from './use-reason-against.ts'

/** The words that commands begin with. Choosing one goes on with its amount. */
const verbs = [
  i18n.t('Buy'),
  i18n.t('Sell'),
  i18n.t('Alert'),
  i18n.t('Deposit'),
  i18n.t('Withdraw'),
]

const toStart = (verb: string, onStart: (typed: string) => void): Entry => ({
  id: `start-${verb}`,
  label: `${verb} …`,
  description: examples.find((example) => example.startsWith(verb.toLowerCase())) ?? '',
  leftSection: <IconCornerDownRight size={20} stroke={1.6} aria-hidden="true" />,
  closeSpotlightOnTrigger: false,
  onClick: () => onStart(`${verb.toLowerCase()} `),
})

function Help({ problem }: { problem: string }) {
  return (
    <div role="status">
      <p className="palette-problem">{problem}</p>
      <p className="palette-problem">
        {i18n.t('The name of a page or an asset is understood, and commands such as these:')}
      </p>
      <p className="palette-help">
        {examples.map((example) => (
          <code key={example}>{example}</code>
        ))}
      </p>
    </div>
  )
}

/** What the typed text means: a command, or a search when there is none. */
function useMeaning(
  typed: string,
  assets: readonly PaletteAsset[] | undefined,
  isSignedIn: boolean,
): Understood<PaletteAsset> | undefined {
  const meaning = readCommand(typed, assets ?? [])
  const reason = useReasonAgainst(isSignedIn ? meaning?.commands : undefined)
  if (!meaning) return undefined
  if (!isSignedIn) return { problem: i18n.t('Sign in first: this is done in your account.') }
  // Without the list of assets, only a movement of cash can be complete.
  if (!assets && meaning.problem !== undefined) {
    return { problem: i18n.t('The names of the assets are not known yet.') }
  }
  return reason === null ? meaning : { problem: reason }
}

/** Everything that a search finds; commands only for those who are signed in. */
function useEntries(
  isSignedIn: boolean,
  assets: readonly PaletteAsset[],
  onStart: (typed: string) => void,
  onShortcuts: () => void,
): Groups {
  const navigate = useNavigate()
  const go = (path: string) => () => {
    palette.close()
    void navigate(path)
    focusPage()
  }
  const pages = destinations
    .filter(({ isPublic }) => isPublic || isSignedIn)
    .map(({ label, path, icon: Icon }) => ({
      id: path,
      label,
      leftSection: <Icon size={20} stroke={1.6} />,
      onClick: go(path),
    }))
  const named = assets.map((asset) => ({
    id: `asset-${asset.id}`,
    label: nameOf(asset),
    description: asset.id,
    keywords: [...namesOf(asset), i18n.t('asset')],
    leftSection: <AssetLogo id={asset.id} size={26} />,
    onClick: go(paths.asset(asset.id)),
  }))
  return [
    { group: i18n.t('Pages'), actions: pages },
    {
      group: i18n.t('Commands'),
      actions: [
        ...(isSignedIn ? verbs.map((verb) => toStart(verb, onStart)) : []),
        {
          id: 'shortcuts',
          label: i18n.t('Keyboard shortcuts'),
          leftSection: <IconKeyboard size={20} stroke={1.6} aria-hidden="true" />,
          onClick: onShortcuts,
        },
      ],
    },
    { group: i18n.t('Assets'), actions: named },
  ]
}

const [store, palette] = createSpotlight()

const listId = 'palette-results'
const optionId = (id: string): string => `palette-result-${id}`
type SearchProps = {
  readonly shown: Groups
  readonly field: RefObject<HTMLInputElement | null>
  readonly onFocus: () => void
}

/** The field is a combobox: the focus stays in it, and it names the result that Enter chooses. */
function Search({ shown, field, onFocus }: SearchProps) {
  const { selected } = useSpotlight(store)
  const ids = idsOf(shown)
  const active = ids[selected]
  return (
    <Spotlight.Search
      ref={field}
      onFocus={onFocus}
      leftSection={<IconSearch size={18} />}
      placeholder={i18n.t('Go to a page or an asset, or “buy 0.1 eth”')}
      aria-label={i18n.t('Go to a page or an asset, or type a command')}
      role="combobox"
      aria-haspopup="listbox"
      aria-autocomplete="list"
      aria-expanded={ids.length > 0}
      aria-controls={ids.length > 0 ? listId : undefined}
      aria-activedescendant={active === undefined ? undefined : optionId(active)}
    />
  )
}

/** Mantine's action uses the id for itself, and is a button. */
const asOption = (id: string, isSelected: boolean) => (props: ComponentProps<'button'>) => (
  <button
    {...props}
    id={optionId(id)}
    role="option"
    aria-selected={isSelected}
    data-selected={isSelected || undefined}
  />
)

function Results({ shown }: { shown: Groups }) {
  const { selected } = useSpotlight(store)
  const active = idsOf(shown)[selected]
  return (
    <Spotlight.ActionsList id={listId} role="listbox" aria-label={i18n.t('Results')}>
      {shown.map(({ group, actions }) => (
        <Spotlight.ActionsGroup key={group} label={group} role="group" aria-label={group}>
          {actions.map(({ id, keywords: _keywords, ...action }) => (
            <Spotlight.Action key={id} {...action} renderRoot={asOption(id, id === active)} />
          ))}
        </Spotlight.ActionsGroup>
      ))}
    </Spotlight.ActionsList>
  )
}

/** One call of the palette, and what had the focus then. */
export type Opening = { readonly from?: Element | null }

type PaletteProps = {
  readonly isSignedIn: boolean
  readonly opening: Opening
  /** Opens the list of the keyboard's shortcuts. */
  readonly onShortcuts: () => void
}

const typedAhead = () => document.querySelector<HTMLInputElement>('#typed-ahead')

/** Takes what was typed since the call, now that the palette's own field has the focus. */
function takeTyped(): string {
  const field = typedAhead()
  const typed = field?.value ?? ''
  if (field) field.value = ''
  return typed
}

/**
 * Navigation by name, and commands: each leads to its form with the values filled in, where it is reviewed before
 * anything is sent. Each new value of `opening` opens it once.
 */
export function Palette({ isSignedIn, opening, onShortcuts }: PaletteProps) {
  const { data } = useReading(ShellAssetsDocument, {})
  const [typed, setTyped] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useFocusReturn(useSpotlight(store).opened, opening.from)
  useEffect(() => {
    palette.open()
    const { current } = field
    const isRenewed = current !== null && !typedAhead()?.value
    current?.focus()
    // What is typed after a second call replaces what was typed after the first.
    if (isRenewed) current.select()
  }, [opening])
  useEffect(() => {
    /** A page that an earlier command opened may come late, and takes the focus then. */
    const keep = ({ target }: FocusEvent) => {
      const isElsewhere = target instanceof Element && target.closest('[role="dialog"]') === null
      if (isElsewhere && store.getState().opened) field.current?.focus()
    }
    document.addEventListener('focusin', keep)
    return () => document.removeEventListener('focusin', keep)
  }, [])
  const onFocus = () => {
    const ahead = takeTyped()
    if (ahead) setTyped(ahead)
  }
  const assets = data?.assets.nodes
  const entries = useEntries(isSignedIn, assets ?? [], setTyped, onShortcuts)
  const meaning = useMeaning(typed, assets, isSignedIn)
  const show = usePaletteCommands()
  const search = searchOf(typed)
  const commands = meaning?.commands?.map(show).map(({ icon: Icon, run, ...shown }): Entry => ({
    ...shown,
    leftSection: <Icon size={20} stroke={1.6} aria-hidden="true" />,
    onClick: run,
  }))
  const groups = meaning
    ? [{ group: i18n.t('Commands'), actions: commands ?? [] }]
    : findEntries(search, entries)
  const shown = limited(groups)
  return (
    <Spotlight.Root
      store={store}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      attributes={{ content: { 'aria-label': i18n.t('Command palette') } }}
      styles={{ actionDescription: { opacity: 1 } }}
      scrollable
      maxHeight={420}
      // While it closed, its field would take what is typed next.
      transitionProps={{ duration: 0 }}
      // The store tells nobody of a selection that an arrow key moved in the field.
      onKeyDown={() => store.setState(store.getState())}
    >
      <Search shown={shown} field={field} onFocus={onFocus} />
      {shown.length > 0 ? (
        <Results shown={shown} />
      ) : (
        <Spotlight.Empty>
          <Help problem={meaning?.problem ?? i18n.t('Nothing is called “{search}”.', { search })} />
        </Spotlight.Empty>
      )}
    </Spotlight.Root>
  )
}

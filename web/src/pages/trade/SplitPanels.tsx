import { IconChevronDown, IconChevronLeft, IconChevronUp } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Group, Panel, Separator, useGroupRef, usePanelRef } from 'react-resizable-panels'
import { useShares } from './layout.ts'

type Part = {
  readonly id: string
  /** In per cent. */
  readonly share: number
  /** In pixels. */
  readonly least: number
  /** Present when it can be hidden, by making it smaller still: what the button says that is left of it. */
  readonly show?: string
  readonly content: ReactNode
}

type SplitPanelsProps = {
  /** Under this name the browser remembers how the room is shared. Another name is another sharing of the same parts. */
  readonly name: string
  readonly orientation: 'horizontal' | 'vertical'
  /** What the separator changes, such as "Height of the chart". */
  readonly label: string
  readonly parts: readonly [Part, Part]
}

/** What is left of a hidden part, in pixels: room for the button that brings it back. */
const strip = 32

type ShowButtonProps = {
  readonly label: string
  readonly Icon: typeof IconChevronUp
  readonly orientation: SplitPanelsProps['orientation']
  readonly onShow: () => void
}

function ShowButton({ label, Icon, orientation, onShow }: ShowButtonProps) {
  return (
    <button type="button" className="split-strip" data-orientation={orientation} onClick={onShow}>
      <Icon size={16} aria-hidden="true" />
      {label}
    </button>
  )
}

/** Two panels with a separator between them, which a pointer or the arrow keys move, and a double click puts back. */
export function SplitPanels({ name, orientation, label, parts }: SplitPanelsProps) {
  const [first, second] = parts
  const { shares, keep, forget } = useShares(name, [first.id, second.id])
  // Later values are those of this very group.
  const [initial] = useState(shares)
  const group = useGroupRef()
  const applied = useRef(name)
  useEffect(() => {
    if (applied.current === name) return
    applied.current = name
    group.current?.setLayout(shares ?? { [first.id]: first.share, [second.id]: second.share })
  })
  // Hidden parts are not there: nothing in them is read.
  const [empty, setEmpty] = useState<readonly string[]>([])
  const handles = [usePanelRef(), usePanelRef()] as const
  const separator = useRef<HTMLDivElement>(null)
  // In per cent, while they were not hidden.
  const sizes = useRef<Readonly<Record<string, number>>>({})
  const showAgain = ({ id, share }: Part, place: 0 | 1) => {
    handles[place].current?.resize(`${sizes.current[id] ?? share}%`)
    keep(group.current?.getLayout() ?? {})
    // The button is gone.
    separator.current?.focus()
  }
  const iconOf = (place: 0 | 1) => {
    if (orientation === 'horizontal') return IconChevronLeft
    return place === 0 ? IconChevronDown : IconChevronUp
  }
  const panelOf = (part: Part, place: 0 | 1) => {
    const { id, share, least, show, content } = part
    return (
      <Panel
        id={id}
        panelRef={handles[place]}
        defaultSize={`${share}%`}
        minSize={least}
        collapsible={show !== undefined}
        collapsedSize={strip}
        onResize={({ inPixels, asPercentage }) => {
          const isHidden = show !== undefined && inPixels <= strip
          if (!isHidden) sizes.current = { ...sizes.current, [id]: asPercentage }
          if (empty.includes(id) === isHidden) return
          setEmpty(isHidden ? [...empty, id] : empty.filter((other) => other !== id))
        }}
        className="split-panel"
      >
        {show !== undefined && empty.includes(id) ? (
          <ShowButton
            label={show}
            orientation={orientation}
            Icon={iconOf(place)}
            onShow={() => showAgain(part, place)}
          />
        ) : (
          content
        )}
      </Panel>
    )
  }
  return (
    <Group
      groupRef={group}
      orientation={orientation}
      defaultLayout={initial}
      onLayoutChanged={(layout, { isUserInteraction }) => {
        if (isUserInteraction) keep(layout)
      }}
    >
      {panelOf(first, 0)}
      <Separator
        elementRef={separator}
        className="split-separator"
        aria-label={label}
        onDoubleClick={forget}
      />
      {panelOf(second, 1)}
    </Group>
  )
}

import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { i18n } from '../i18n.ts'

export type Column<Row, Key extends string = string> = {
  readonly header: string
  /** Names the row: at the top of a card, without its header. Every other value of a card has its header above it. */
  readonly isTitle?: true
  /** Stands for a header in cards that is a sign, such as "#". */
  readonly label?: string
  readonly cell: (row: Row) => ReactNode
  /** The figure of all rows. A table of several rows in which a column has one ends with a row of them. */
  readonly total?: ReactNode
  readonly isRight?: boolean
  /** For figures that move: as many digits as the column has room for, so that the columns beside it stand still. */
  readonly digits?: number
  /** Left out where the table is narrower than this, in pixels; from 1060 on a card leaves it out too. */
  readonly from?: 860 | 1060 | 1200
  /** The place in rows of two lines, into which a narrow table turns when one of its columns has a place; others are left out. */
  readonly place?: 'title' | 'value' | 'note' | 'action' | 'below'
  /** Present when the list can be sorted by this column. */
  readonly sortKey?: Key
}

type Sorting<Key extends string> = {
  readonly by: Key
  readonly isDescending: boolean
  readonly onSort: (by: Key) => void
}

/** Whether the pointer, or the focus, is in one of the rows. */
export type RowUse = { readonly isPointed: boolean; readonly isFocused: boolean }

type GridTableProps<Row, Key extends string> = {
  readonly label: string
  readonly columns: readonly Column<Row, Key>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly isCompact?: boolean
  readonly sorting?: Sorting<Key>
  readonly onUse?: (use: Partial<RowUse>) => void
}

const classOf = ({ isRight, from }: Pick<Column<never>, 'isRight' | 'from'>) =>
  [isRight && 'right', from && `from-${from}`].filter(Boolean).join(' ') || undefined

function HeaderCell<Row, Key extends string>({
  column,
  sorting,
}: {
  column: Column<Row, Key>
  sorting: Sorting<Key> | undefined
}) {
  const { header, sortKey, digits } = column
  const className = classOf(column)
  const style = digits === undefined ? undefined : { minWidth: `${digits}ch` }
  if (!sortKey || !sorting) {
    return (
      <th scope="col" role="columnheader" className={className} style={style}>
        {header}
      </th>
    )
  }
  const isSorted = sorting.by === sortKey
  const direction = sorting.isDescending ? 'descending' : 'ascending'
  const Arrow = sorting.isDescending ? IconArrowDown : IconArrowUp
  return (
    <th
      scope="col"
      role="columnheader"
      className={className}
      style={style}
      aria-sort={isSorted ? direction : undefined}
    >
      <button type="button" className="sort-button" onClick={() => sorting.onSort(sortKey)}>
        {header}
        {isSorted && <Arrow size={13} aria-hidden="true" />}
      </button>
    </th>
  )
}

function Totals<Row, Key extends string>({ columns }: { columns: readonly Column<Row, Key>[] }) {
  return (
    <tfoot role="rowgroup">
      <tr role="row">
        {columns.map((column) =>
          column.isTitle ? (
            <th key={column.header} scope="row" role="rowheader">
              {i18n.t('Total')}
            </th>
          ) : (
            <td
              key={column.header}
              role="cell"
              className={classOf(column)}
              data-place={column.place}
              data-label={column.header}
            >
              {column.total}
            </td>
          ),
        )}
      </tr>
    </tfoot>
  )
}

/**
 * Turns the rows into cards where the columns are too wide. Their width is measured before the first paint, and stored
 * until there is enough space.
 */
function stackWhereNarrow(box: HTMLDivElement): () => void {
  const [table] = box.getElementsByTagName('table')
  let needed: number | undefined
  const measure = () => {
    if (needed !== undefined && box.clientWidth >= needed) {
      needed = undefined
      table?.removeAttribute('data-stacked')
    }
    if (needed === undefined && box.scrollWidth > box.clientWidth) {
      needed = box.scrollWidth
      table?.setAttribute('data-stacked', '')
    }
  }
  measure()
  const observer = new ResizeObserver(measure)
  observer.observe(box)
  if (table) observer.observe(table)
  return () => observer.disconnect()
}

/**
 * A table with sortable headers. Where it is too narrow for its columns each row is a card. Roles are explicit, because
 * browsers drop those of a table with another layout.
 */
export function GridTable<Row, Key extends string = string>(props: GridTableProps<Row, Key>) {
  const { label, columns, rows, rowKey, sorting, isCompact = false, onUse } = props
  return (
    <div
      ref={stackWhereNarrow}
      className="table-scroll"
      role="group"
      aria-label={i18n.t('{label}: table', { label })}
      tabIndex={0}
    >
      <table
        className="grid-table"
        role="table"
        aria-label={label}
        data-compact={isCompact || undefined}
        data-two-lines={columns.some(({ place }) => place) || undefined}
      >
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <HeaderCell key={column.header} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody
          role="rowgroup"
          onPointerEnter={() => onUse?.({ isPointed: true })}
          onPointerLeave={() => onUse?.({ isPointed: false })}
          onFocus={() => onUse?.({ isFocused: true })}
          onBlur={() => onUse?.({ isFocused: false })}
        >
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column) => (
                <td
                  key={column.header}
                  role="cell"
                  className={classOf(column)}
                  data-place={column.place}
                  data-label={column.isTitle ? undefined : (column.label ?? column.header)}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {rows.length > 1 && columns.some(({ total }) => total !== undefined) && (
          <Totals columns={columns} />
        )}
      </table>
    </div>
  )
}

import {
  alpha,
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core'
import { i18n, language } from '../i18n.ts'

const iris: MantineColorsTuple = [
  '#eef0ff',
  '#dcdffe',
  '#b9bffc',
  '#979ffa',
  '#7f86f7',
  '#6b70f3',
  '#5a55ea',
  '#4a42d8',
  '#3f38b8',
  '#2e2a86',
]

const gain: MantineColorsTuple = [
  '#e6fbf2',
  '#c9f5e2',
  '#94e9c5',
  '#5bdca6',
  '#34cf8d',
  '#1fb978',
  '#0f9c63',
  '#0b7f51',
  '#0a6b45',
  '#075034',
]

const loss: MantineColorsTuple = [
  '#fff0f1',
  '#ffdde0',
  '#ffb8be',
  '#ff8f99',
  '#fb6b78',
  '#ee4757',
  '#d92f40',
  '#c42334',
  '#a31b2a',
  '#7d1420',
]

const dark: MantineColorsTuple = [
  '#e4e8f1',
  '#c3cad9',
  '#9aa5ba',
  '#7886a0',
  '#2a3446',
  '#1d2534',
  '#171e2b',
  '#111722',
  '#0c111a',
  '#080c13',
]

/**
 * Until the font is loaded, one of the system's in its measures; "Fortune" has the characters of the red pocket only. Readers of
 * Chinese have a font with all characters, among which those four would stand out.
 */
const fontFamily =
  language === 'en'
    ? 'Inter, "Inter measures", "Inter measures of DejaVu", Fortune, system-ui, sans-serif'
    : 'Inter, "Inter measures", "Inter measures of DejaVu", system-ui, sans-serif'

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 7, dark: 6 },
  colors: { iris, gain, loss, dark },
  defaultRadius: 'md',
  fontFamily,
  headings: { fontFamily, fontWeight: '650' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    // Text in the colour of its alert has too little contrast on a light background.
    Alert: {
      styles: {
        title: { color: 'var(--mantine-color-text)' },
        label: { color: 'var(--mantine-color-text)' },
      },
    },
    Badge: { defaultProps: { tt: 'none', fw: 600 } },
    Button: { styles: { label: { fontWeight: 600 } } },
    // Dialogs return the focus with `useFocusReturn`.
    Modal: {
      defaultProps: {
        centered: true,
        returnFocus: false,
        // Inside a dialog, a header is not the page's banner.
        attributes: { header: { role: 'presentation' } },
        styles: { title: { fontWeight: 650, fontSize: 17 } },
        overlayProps: { backgroundOpacity: 0.5, blur: 3 },
        closeButtonProps: { 'aria-label': i18n.t('Close') },
      },
    },
    Drawer: {
      defaultProps: {
        returnFocus: false,
        attributes: { header: { role: 'presentation' } },
        closeButtonProps: { 'aria-label': i18n.t('Close') },
      },
    },
  },
})

/** In the dark theme tinted grounds are lighter than the panels: Mantine's own are nearly as dark as those. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {},
  dark: {
    '--mantine-color-iris-filled': '#6062ee',
    '--mantine-color-iris-filled-hover': '#5557e0',
    ...Object.fromEntries(
      Object.entries(colors).flatMap(([name, shades]) => [
        [`--mantine-color-${name}-light`, alpha(shades[4], 0.24)],
        [`--mantine-color-${name}-light-hover`, alpha(shades[4], 0.34)],
      ]),
    ),
  },
})

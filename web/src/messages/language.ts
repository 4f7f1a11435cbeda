/**
 * Which language the pages speak: the one the reader chose, else the first the browser asks for, else English.
 * Numbers, dates and money follow it, in the reader's own region where the browser names one.
 */
export const LANGUAGES = ['en', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/** Each language by its own name, for whoever cannot read the others. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', de: 'Deutsch' };

const KEY = 'faregate-language';

/** What the reader chose; nothing while the browser decides. */
export function chosenLanguage(): Language | undefined {
  try {
    return known(localStorage.getItem(KEY) ?? '');
  } catch {
    // Storage may be forbidden; the browser's preference then decides.
    return undefined;
  }
}

/** Remembers the choice. The words are read once, so the page has to be loaded again. */
export function chooseLanguage(language: Language): void {
  localStorage.setItem(KEY, language);
  location.reload();
}

/** The language in which a reader who prefers `wanted`, best first, is spoken to. */
export function languageFor(chosen: Language | undefined, wanted: readonly string[]): Language {
  return chosen ?? wanted.map(known).find((language) => language !== undefined) ?? 'en';
}

/** The region's way to write numbers and dates: British where the reader is British. */
export function localeFor(language: Language, wanted: readonly string[]): string {
  return wanted.find((locale) => known(locale) === language) ?? language;
}

function known(locale: string): Language | undefined {
  const primary = locale.split('-')[0];
  return LANGUAGES.find((language) => language === primary);
}

const wanted = navigator.languages ?? [navigator.language];

export const language = languageFor(chosenLanguage(), wanted);

export const locale = localeFor(language, wanted);

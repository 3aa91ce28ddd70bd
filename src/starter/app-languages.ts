import { AppLanguage } from './app-language';
import { csharp } from './csharp';
import { go } from './go';
import { java } from './java';
import { python } from './python';
import { typescript } from './typescript';

/** The first one is the default. */
export const APP_LANGUAGES: readonly AppLanguage[] = [typescript, python, java, go, csharp];

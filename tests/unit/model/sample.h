/* Small records of the tests' own, that do not grow with the answers: shelves of books, with the fields that such
 * answers had. */
#ifndef FOTHER_TESTS_MODEL_SAMPLE_H
#define FOTHER_TESTS_MODEL_SAMPLE_H

#include "model/field.h"

#define SAMPLE_BOOK(F, R)                                                                                              \
	F(TEXT, registry, FIELD_COLUMN, "", 1, "Registry.")                                                            \
	F(TEXT, repository, FIELD_COLUMN | FIELD_QUIET, "", 1, "Path.")                                                \
	F(INT, images, FIELD_COLUMN, "", 1, "Images seen from it.")

#define SAMPLE_SHELF(F, R)                                                                                             \
	F(TEXT, registry, FIELD_COLUMN | FIELD_QUIET, "", 1, "Normalised host[:port].")                                \
	F(INT, credentials, FIELD_COLUMN, "", 1, "Logins seen for it.")                                                \
	F(INT, secrets, FIELD_COLUMN, "", 1, "Secrets that hold one.")                                                 \
	F(INT, images, FIELD_COLUMN, "", 1, "Images seen from it.")                                                    \
	R(repositories, book, 0, 1, "Its repositories.")

RECORD_STRUCT(book, SAMPLE_BOOK);
RECORD_STRUCT(shelf, SAMPLE_SHELF);

#endif

"""libpq by ctypes: what PQprepare, PQdescribePrepared and PQexecPrepared show, in either format. A statement's answer is
a plain value that can be compared."""
import ctypes
import ctypes.util
from dataclasses import dataclass, field

pq = ctypes.CDLL(ctypes.util.find_library("pq"))
for name, result in {"PQconnectdb": ctypes.c_void_p, "PQexec": ctypes.c_void_p, "PQprepare": ctypes.c_void_p,
                     "PQdescribePrepared": ctypes.c_void_p, "PQexecPrepared": ctypes.c_void_p,
                     "PQresultErrorField": ctypes.c_char_p, "PQcmdStatus": ctypes.c_char_p,
                     "PQfname": ctypes.c_char_p, "PQgetvalue": ctypes.POINTER(ctypes.c_char),
                     "PQerrorMessage": ctypes.c_char_p, "PQgetResult": ctypes.c_void_p, "PQftype": ctypes.c_uint, "PQparamtype": ctypes.c_uint}.items():
    getattr(pq, name).restype = result
PIPELINE_SYNC, PIPELINE_ABORTED = 10, 11  # ExecStatusType
SILENT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)(lambda _, notice: None)
pq.PQexec.argtypes = [ctypes.c_void_p, ctypes.c_char_p]


@dataclass
class Answer:
    code: str = ""       # SQLSTATE of the error
    message: str = ""    # never compared: it may show what is stored
    tag: str = ""
    parameters: list = field(default_factory=list)  # type OIDs
    columns: list = field(default_factory=list)     # (name, type OID, type modifier, size)
    rows: list = field(default_factory=list)


class Connection:
    def __init__(self, dsn):
        self.handle = ctypes.c_void_p(pq.PQconnectdb(dsn.encode()))
        if pq.PQstatus(self.handle) != 0:
            raise RuntimeError(pq.PQerrorMessage(self.handle).decode())
        pq.PQsetNoticeProcessor(self.handle, SILENT, None)

    def close(self):
        pq.PQfinish(self.handle)

    def simple(self, sql):
        return self._read(pq.PQexec(self.handle, sql.encode()), Answer())

    def extended(self, sql, values, formats, binary):
        """Parse, Describe, Bind, Execute; values are bytes or None."""
        answer = self._read(pq.PQprepare(self.handle, b"", sql.encode(), 0, None), Answer())
        if answer.code:
            return answer
        described = ctypes.c_void_p(pq.PQdescribePrepared(self.handle, b""))
        answer.parameters = [pq.PQparamtype(described, i) for i in range(pq.PQnparams(described))]
        answer.columns = self._columns(described)
        pq.PQclear(described)
        count = len(values)
        pointers = (ctypes.c_char_p * count)(*values)
        lengths = (ctypes.c_int * count)(*[len(v or b"") for v in values])
        return self._read(pq.PQexecPrepared(self.handle, b"", count, pointers, lengths,
                                            (ctypes.c_int * count)(*formats), int(binary)), answer)

    def each(self, sql):
        """A simple Query: the answer to each of its statements, up to the one that failed."""
        pq.PQsendQuery(self.handle, sql.encode())
        return list(self._results())

    def pipelined(self, texts):
        """Each text by Parse, Bind, Execute, then one Sync: the answers up to the one that failed. Texts of one statement."""
        pq.PQenterPipelineMode(self.handle)
        for text in texts:
            pq.PQsendQueryParams(self.handle, text.encode(), 0, None, None, None, None, 0)
        pq.PQpipelineSync(self.handle)
        answers = []
        while (status := pq.PQresultStatus(result := ctypes.c_void_p(pq.PQgetResult(self.handle)))) != PIPELINE_SYNC:
            answer = self._read(result.value, Answer())
            answers += [answer] if status != PIPELINE_ABORTED else []
            pq.PQgetResult(self.handle)  # null: of this text there is no other
        pq.PQclear(result)
        pq.PQexitPipelineMode(self.handle)
        return answers

    def status(self):
        """As in ReadyForQuery."""
        return {0: "I", 2: "T", 3: "E"}[pq.PQtransactionStatus(self.handle)]

    def _results(self):
        while result := pq.PQgetResult(self.handle):
            yield self._read(result, Answer())

    @staticmethod
    def _columns(result):
        return [(pq.PQfname(result, i).decode(), pq.PQftype(result, i), pq.PQfmod(result, i), pq.PQfsize(result, i))
                for i in range(pq.PQnfields(result))]

    def _read(self, pointer, answer):
        result = ctypes.c_void_p(pointer)
        code = pq.PQresultErrorField(result, ord("C"))
        if code:
            answer.code = code.decode()
            answer.message = (pq.PQresultErrorField(result, ord("M")) or b"").decode()
        answer.tag = pq.PQcmdStatus(result).decode()
        answer.columns = self._columns(result) or answer.columns
        answer.rows = [tuple(None if pq.PQgetisnull(result, r, c)
                             else pq.PQgetvalue(result, r, c)[:pq.PQgetlength(result, r, c)]
                             for c in range(pq.PQnfields(result))) for r in range(pq.PQntuples(result))]
        pq.PQclear(result)
        return answer

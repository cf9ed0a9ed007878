/* The machine code of pipeline.reading.many: one call for what pipeline/reading/many.py does call by call, and the same comes out.
 *
 * A page has some 600 places to ask pdfium for, and through ctypes each question costs twenty times what pdfium takes to answer. What each
 * function promises stands in many.py. Built by `make compile` (pipeline/compile.py) and found by rules/compiled.py.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>

static int
argument_count(const char *name, Py_ssize_t given, Py_ssize_t wanted)
{
    if (given == wanted)
        return 1;
    PyErr_Format(PyExc_TypeError, "%s() takes %zd arguments (%zd given)", name, wanted, given);
    return 0;
}

/* The address of a function or of a thing of pdfium's; None is no address. NULL with an error set where it is neither. */
static void *
address(PyObject *number)
{
    return number == Py_None ? NULL : PyLong_AsVoidPtr(number);
}

static PyObject *
address_or_none(void *thing)
{
    if (thing == NULL)
        Py_RETURN_NONE;
    return PyLong_FromVoidPtr(thing);
}

/* A function to call, a thing to ask and the list of what to ask it for: the first three arguments of most functions here. */
typedef struct {
    void *function;
    void *thing;
    PyObject *indexes;
    Py_ssize_t count;
} Question;

static int
question(Question *asked, PyObject *const *arguments)
{
    asked->function = address(arguments[0]);
    if (asked->function == NULL) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "there is no such function");
        return 0;
    }
    asked->thing = address(arguments[1]);
    if (asked->thing == NULL && PyErr_Occurred())
        return 0;
    asked->indexes = arguments[2];
    if (!PyList_Check(asked->indexes)) {
        PyErr_SetString(PyExc_TypeError, "what to ask for is a list");
        return 0;
    }
    asked->count = PyList_GET_SIZE(asked->indexes);
    return 1;
}

/* The number at a place of the list; -1 with an error set where it is none. */
static int
index_at(const Question *asked, Py_ssize_t at)
{
    long number = PyLong_AsLong(PyList_GET_ITEM(asked->indexes, at));
    if (number > INT_MAX || number < INT_MIN) {
        PyErr_SetString(PyExc_OverflowError, "an index is no C int");
        return -1;
    }
    return (int)number;
}

typedef PyObject *(*Answer)(const Question *, Py_ssize_t);

/* The list of what is answered for each place of the question's list. */
static PyObject *
answers(const Question *asked, Answer answer)
{
    PyObject *all = PyList_New(asked->count);
    for (Py_ssize_t at = 0; all != NULL && at < asked->count; at++) {
        PyObject *one = answer(asked, at);
        PyList_SET_ITEM(all, at, one);
        if (one == NULL)
            Py_CLEAR(all);
    }
    return all;
}

static PyObject *
part_at(const Question *asked, Py_ssize_t at)
{
    int index = index_at(asked, at);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    return address_or_none(((void *(*)(void *, int))asked->function)(asked->thing, index));
}

static PyObject *
kind_at(const Question *asked, Py_ssize_t at)
{
    void *thing = address(PyList_GET_ITEM(asked->indexes, at));
    if (thing == NULL && PyErr_Occurred())
        return NULL;
    return PyLong_FromLong(((int (*)(void *))asked->function)(thing));
}

static PyObject *
parts(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    Question asked;
    return argument_count("parts", given, 3) && question(&asked, arguments) ? answers(&asked, part_at) : NULL;
}

/* Asks each thing of a list itself: the list stands where the indexes do, and there is no one thing to ask. */
static PyObject *
kinds(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    Question asked;
    if (!argument_count("kinds", given, 2))
        return NULL;
    PyObject *const all[] = {arguments[0], Py_None, arguments[1]};
    return question(&asked, all) ? answers(&asked, kind_at) : NULL;
}

/* What pdfium is asked of a line; the addresses come in this order (pdfium_calls.OF_LINES). */
typedef struct {
    void *(*object)(void *, int);
    int (*origin)(void *, int, double *, double *);
    double (*size)(void *, int);
    int (*matrix)(void *, int, float *);
    int (*box)(void *, int, float *);
    void *(*font)(void *);
    void *page;
    double a, b, c, d, e, f; /* to the page as shown: x' = ax + by + c, y' = dx + ey + f */
    double far_right, far_down;
} Lines;

static const double LEVEL = 0.09, LETTER = 0.4, WIDE = 1.1; /* those of geometry.py */

/* geometry.sized: the size in points as shown; 0 where the text does not run from left to right. */
static double
sized(const Lines *asked, int first)
{
    float matrix[8]; /* pdfium writes six numbers */
    double size = asked->size(asked->page, first);
    if (asked->matrix(asked->page, first, matrix)) {
        double ma = matrix[0], mb = matrix[1], mc = matrix[2], md = matrix[3];
        double height = sqrt(mc * mc + md * md);
        double along = asked->a * ma + asked->b * mb, down = asked->d * ma + asked->e * mb;
        size *= height == 0.0 ? 1.0 : height;
        if (!(along > 0.0 && fabs(down) <= LEVEL * along))
            return 0.0;
    }
    return size == 0.0 ? 1.0 : size;
}

typedef struct {
    double top, right, bottom;
} Corner;

/* Of geometry.shown_box: where a character ends, as shown; zeros where it has no box. */
static Corner
corner_of(const Lines *asked, int index)
{
    float box[4];
    Corner corner = {0.0, 0.0, 0.0};
    if (!asked->box(asked->page, index, box))
        return corner;
    double x0 = asked->a * box[0] + asked->b * box[1] + asked->c, y0 = asked->d * box[0] + asked->e * box[1] + asked->f;
    double x1 = asked->a * box[2] + asked->b * box[3] + asked->c, y1 = asked->d * box[2] + asked->e * box[3] + asked->f;
    corner.top = y1 < y0 ? y1 : y0;
    corner.right = x1 > x0 ? x1 : x0;
    corner.bottom = y1 > y0 ? y1 : y0;
    return corner;
}

/* Adds a piece that ends before the word of that number; 0 with an error set where it cannot. */
static int
note(PyObject *pieces, Py_ssize_t end, Corner corner)
{
    PyObject *piece = Py_BuildValue("(nddd)", end, corner.top, corner.right, corner.bottom);
    if (piece == NULL)
        return 0;
    int failed = PyList_Append(pieces, piece);
    Py_DECREF(piece);
    return failed == 0;
}

/* One line: what stands of it in many.py's Placed, None where it is not of one piece. NULL with an error set where there is one. */
static PyObject *
placed(const Lines *asked, int first, int last, PyObject *words)
{
    void *object = asked->object(asked->page, first);
    double size, baseline = 0.0, base = 0.0, before = 0.0;
    int start = first, length = 0;
    Py_ssize_t count = PyList_GET_SIZE(words);

    if (object == NULL || object != asked->object(asked->page, last) || (size = sized(asked, first)) == 0.0)
        Py_RETURN_NONE;
    PyObject *edges = PyList_New(count), *pieces = PyList_New(0);
    if (edges == NULL || pieces == NULL)
        goto failed;
    for (Py_ssize_t at = 0; at < count; at++) {
        PyObject *word = PyList_GET_ITEM(words, at);
        double x, y;
        if (!PyUnicode_Check(word)) {
            PyErr_SetString(PyExc_TypeError, "a word is a str");
            goto failed;
        }
        if (!asked->origin(asked->page, start, &x, &y))
            goto nothing;
        double edge = asked->a * x + asked->b * y + asked->c;
        base = asked->d * x + asked->e * y + asked->f;
        if (at == 0) {
            if (!(-2.0 <= base && base <= asked->far_down && -2.0 <= edge && edge <= asked->far_right))
                goto nothing;
            baseline = base;
        }
        else if (edge > before + LETTER * size * length + size) {
            Corner corner = corner_of(asked, start - 2);
            if (edge - corner.right > WIDE * size && !note(pieces, at, corner))
                goto failed;
        }
        else if (!(edge >= before))
            goto nothing;
        before = edge;
        length = (int)PyUnicode_GET_LENGTH(word);
        start += length + 1;
        PyObject *number = PyFloat_FromDouble(edge);
        if (number == NULL)
            goto failed;
        PyList_SET_ITEM(edges, at, number);
    }
    if (count == 0 || !(fabs(base - baseline) <= 0.01 * size))
        goto nothing;
    if (!note(pieces, count, corner_of(asked, last)))
        goto failed;
    return Py_BuildValue("(NddNN)", edges, baseline, size, address_or_none(asked->font(object)), pieces);
nothing:
    Py_DECREF(edges);
    Py_DECREF(pieces);
    Py_RETURN_NONE;
failed:
    Py_XDECREF(edges);
    Py_XDECREF(pieces);
    return NULL;
}

/* The numbers of a tuple of so many; 0 with an error set where it is none. */
static int
doubles(PyObject *tuple, double *numbers, Py_ssize_t count)
{
    if (!PyTuple_Check(tuple) || PyTuple_GET_SIZE(tuple) != count) {
        PyErr_Format(PyExc_TypeError, "a tuple of %zd numbers is wanted", count);
        return 0;
    }
    for (Py_ssize_t at = 0; at < count; at++) {
        numbers[at] = PyFloat_AsDouble(PyTuple_GET_ITEM(tuple, at));
        if (numbers[at] == -1.0 && PyErr_Occurred())
            return 0;
    }
    return 1;
}

static int
asked_of_lines(Lines *asked, PyObject *const *arguments)
{
    void *functions[6];
    double shown[6];
    if (!PyTuple_Check(arguments[0]) || PyTuple_GET_SIZE(arguments[0]) != 6) {
        PyErr_SetString(PyExc_TypeError, "a tuple of six functions is wanted");
        return 0;
    }
    for (Py_ssize_t at = 0; at < 6; at++) {
        functions[at] = address(PyTuple_GET_ITEM(arguments[0], at));
        if (functions[at] == NULL) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "there is no such function");
            return 0;
        }
    }
    asked->object = (void *(*)(void *, int))functions[0];
    asked->origin = (int (*)(void *, int, double *, double *))functions[1];
    asked->size = (double (*)(void *, int))functions[2];
    asked->matrix = (int (*)(void *, int, float *))functions[3];
    asked->box = (int (*)(void *, int, float *))functions[4];
    asked->font = (void *(*)(void *))functions[5];
    asked->page = address(arguments[1]);
    if (asked->page == NULL && PyErr_Occurred())
        return 0;
    if (!PyList_Check(arguments[2])) {
        PyErr_SetString(PyExc_TypeError, "what to ask for is a list");
        return 0;
    }
    if (!doubles(arguments[3], shown, 6))
        return 0;
    asked->a = shown[0], asked->b = shown[1], asked->c = shown[2], asked->d = shown[3], asked->e = shown[4], asked->f = shown[5];
    asked->far_right = PyFloat_AsDouble(arguments[4]);
    asked->far_down = PyFloat_AsDouble(arguments[5]);
    return !PyErr_Occurred();
}

static PyObject *
lines(PyObject *module, PyObject *const *arguments, Py_ssize_t given)
{
    Lines asked;
    if (!argument_count("lines", given, 6) || !asked_of_lines(&asked, arguments))
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(arguments[2]);
    PyObject *all = PyList_New(count);
    for (Py_ssize_t at = 0; all != NULL && at < count; at++) {
        PyObject *line = PyList_GET_ITEM(arguments[2], at), *words, *one = NULL;
        int first, last;
        if (!PyTuple_Check(line))
            PyErr_SetString(PyExc_TypeError, "a line is a tuple of its first character, its last one and its words");
        else if (PyArg_ParseTuple(line, "iiO!", &first, &last, &PyList_Type, &words))
            one = placed(&asked, first, last, words);
        PyList_SET_ITEM(all, at, one);
        if (one == NULL)
            Py_CLEAR(all);
    }
    return all;
}

#define FUNCTION(name) {#name, (PyCFunction)(void (*)(void))name, METH_FASTCALL, NULL}

static PyMethodDef functions[] = {
    FUNCTION(lines), FUNCTION(parts), FUNCTION(kinds), {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "many", NULL, 0, functions, slots, NULL, NULL, NULL};

PyMODINIT_FUNC
PyInit_many(void)
{
    return PyModuleDef_Init(&definition);
}
